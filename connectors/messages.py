"""What platforms push: verified, kept as hints and answered at once; the work is done later."""

import logging
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common.errors import Refused
from common.tenancy import system_scope
from connectors.hinting import keep_for_shops
from connectors.models import Connection
from connectors.port import BadPush
from connectors.shops import platform_for, shop_for
from connectors.states import ConnectionStatus
from connectors.waking import wake_after_commit

log = logging.getLogger("wanliu.connectors")

LARGEST_PUSH = 1024 * 1024


@csrf_exempt
@require_http_methods(["GET", "POST"])
def platform_push(request: HttpRequest, platform: str, token: str) -> HttpResponse:
    """The platform's receipt once the hints are kept (however often they come); 404 for no such connection.

    401 for what isn't the platform's, or for somebody else; 413 for more than anybody pushes.
    """
    length = request.headers.get("Content-Length", "0")
    if not length.isdigit() or int(length) > LARGEST_PUSH or len(request.body) > LARGEST_PUSH:
        return HttpResponse("The message is too large.", status=413, content_type="text/plain")
    with system_scope():
        found = Connection.objects.exclude(status=ConnectionStatus.DISCONNECTED).select_related("store")
        connection = found.filter(push_token=token, platform=platform).first()
        if connection is None or not platform_for(connection).takes_pushes:
            raise Http404
        return _receive(connection, request, request.now)


def _receive(connection: Connection, request: HttpRequest, now: datetime) -> HttpResponse:
    try:
        hints, answer = platform_for(connection).read_push(
            shop_for(connection),
            method=request.method,
            query=request.GET.dict(),
            headers=request.headers,
            body=request.body,
        )
    except BadPush as refusal:
        log.warning("a message for connection %s was refused: %s", connection.pk, refusal)
        return HttpResponse("This message is not for us.", status=401, content_type="text/plain")
    except Refused as fault:
        log.error("a message for connection %s can't be read: %s", connection.pk, fault)
        return HttpResponse("Try again later.", status=503, content_type="text/plain")
    news, _kept = keep_for_shops(connection, hints, now=now)
    for store_id in news:
        wake_after_commit(store_id)
    return HttpResponse(answer.body, content_type=answer.content_type)


def push_address(connection: Connection) -> str:
    """The path that is entered in the platform's console for pushed messages."""
    return f"/connect/{connection.platform}/{connection.push_token}/"
