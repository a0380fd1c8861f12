"""What Django itself answers, before or after a view: in the API's error shape under /api/, as a page elsewhere."""

import sys

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from common.web.refusals import refuse, words_of_refusal
from common.web.unavailable import TRY_AGAIN_S, FailureReason, why_unavailable

API = "/api/"


def _error(status: int, kind: str, code: str, detail: str) -> JsonResponse:
    return JsonResponse({"type": kind, "errors": [{"code": code, "detail": detail, "attr": None}]}, status=status)


def bad_request(request, exception):
    """400 for a request that Django refuses before any view sees it; 413 for one of too many bytes."""
    if isinstance(exception, RequestDataTooBig):
        return refuse(request, *words_of_refusal("too_large"))
    if not request.path.startswith(API):
        told = {"has_too_many_fields": isinstance(exception, TooManyFieldsSent)}
        return HttpResponseBadRequest(render_to_string("400.html", told))
    return _error(400, "client_error", "parse_error", _("The request is malformed."))


def not_found(request, exception):
    """404 for an address that doesn't exist."""
    if not request.path.startswith(API):
        return defaults.page_not_found(request, exception)
    ends_well = request.path.endswith("/")
    detail = _("Not found.") if ends_well else _("Not found: every address of the API ends with a slash.")
    return _error(404, "client_error", "not_found", detail)


def server_error(request):
    """500 for what no handler caught; 503 when the database was the cause. The traceback is in the log."""
    reason = why_unavailable(sys.exc_info()[1])
    if reason is not None:
        return _unavailable(request, reason)
    if not request.path.startswith(API):
        return defaults.server_error(request)
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    detail = _("Something went wrong on our side. Tell support the request id %(id)s.") % {"id": request_id}
    return _error(500, "server_error", "error", detail)


def _unavailable(request, reason: FailureReason) -> HttpResponse:
    if request.path.startswith(API):
        response = _error(503, "server_error", reason.code, str(reason.detail))
    else:
        response = HttpResponse(render_to_string("503.html", {"detail": reason.detail}), status=503)
    response["Retry-After"] = str(TRY_AGAIN_S)
    return response
