"""The application as a server calls it: an answer that shows buyers' data is sent once it is on record who asked."""

import logging
from functools import wraps

from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError

from common.api.pages import server_error
from privacy.looks.middleware import API, note_shown
from privacy.looks.noting import put_on_record, put_on_record_within

log = logging.getLogger("wanliu.looks")


class LookHandler(WSGIHandler):
    """Writes `response.looks` down: of a call within its transaction, of a page after it.

    What can't be noted isn't shown; a call that can't be noted has done nothing.
    """

    def make_view_atomic(self, view):
        """The view, in one transaction with the looks of a call. A page's rows are read when it is rendered, later."""

        @wraps(view)
        def noting(request, *args, **kwargs):
            response = view(request, *args, **kwargs)
            if request.path_info.startswith(API):
                note_shown(request, response)
                put_on_record_within(response.looks, is_read=request.method in ("GET", "HEAD"))
            return response

        return super().make_view_atomic(noting)

    def get_response(self, request):
        """The answer."""
        response = super().get_response(request)
        try:
            put_on_record(getattr(response, "looks", ()))
        except DatabaseError:
            log.exception("an answer was held back: who asked for it could not be noted")
            response.close()
            return server_error(request)
        return response
