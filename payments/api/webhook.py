"""Where gateways send their notices: outside the merchants' API, let in by the gateway's signature alone."""

import logging

from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.tenancy import system_scope
from payments.gateways.base import BadNotice, UnreadableNotice
from payments.inbox import keep_unreadable, receive_notice

log = logging.getLogger("wanliu.payments")

LARGEST_NOTICE = 64 * 1024


@csrf_exempt
@require_POST
def gateway_webhook(request: HttpRequest, name: str) -> HttpResponse:
    """204 once the notice is kept (however often it comes), 404 for no such gateway.

    401 when it isn't the gateway's; 400 when it is and can't be read: then it is kept as such.
    """
    if len(request.body) > LARGEST_NOTICE:
        return _error_response("The notice is too large.", 413)
    try:
        with system_scope():
            return _receive(name, request)
    except BadNotice as fault:
        log.warning("a notice for %s was turned away: %s", name, fault)
        return _error_response(str(fault), 401)
    except (KeyError, ImproperlyConfigured):
        raise Http404 from None


def _receive(name: str, request: HttpRequest) -> HttpResponse:
    try:
        receive_notice(name=name, headers=request.headers, body=request.body, now=request.now)
    except UnreadableNotice as fault:
        log.error("a signed notice of %s was kept and can't be read: %s", name, fault)
        keep_unreadable(name=name, body=request.body, reason=str(fault), now=request.now)
        return _error_response("The notice is signed and can't be read; it is kept.", 400)
    return HttpResponse(status=204)


def _error_response(message: str, status: int) -> JsonResponse:
    """In the shape that gateways log; the words are for their operators, not for people at the desk."""
    return JsonResponse({"code": "FAIL", "message": message}, status=status)
