"""The application as a server calls it: an answer that shows buyers' data is sent once it is on record who asked."""

import logging

from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError

from common.api.pages import server_error
from privacy.looks.noting import put_on_record

log = logging.getLogger("wanliu.looks")


class LookHandler(WSGIHandler):
    """Writes `response.looks` down after the request's transaction. What can't be noted isn't shown."""

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
