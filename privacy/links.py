"""Links to a finished export, to be handed to the buyer: signed, for one file, and over when it ends."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common.actors import Actor, ActorKind
from common.errors import NotFound, Refused
from common.rates import over_rate
from common.tenancy import tenant_scope
from privacy.asking import take_export
from privacy.models import BuyerRequest
from privacy.why_not import why_not_take_export

_SALT = "wanliu.buyer-data"
TAKES_PER_MINUTE = 10


def export_link(request: BuyerRequest, now: datetime) -> str:
    """The path under which the file is taken; empty where there is none."""
    if why_not_take_export(request, now) is not None:
        return ""
    return reverse("buyer-data", args=[signing.dumps([request.store_id, request.pk.hex], salt=_SALT)])


def hand_out(request, token: str) -> HttpResponse:
    """`/buyer-data/<token>/`: the file. A bad link, and one that has ended, look like any missing page."""
    try:
        store_id, hex_id = signing.loads(token, salt=_SALT, max_age=settings.KEPT_FOR["KEEP_EXPORTS_DAYS"])
    except signing.BadSignature:
        raise Http404 from None
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    wait_s = over_rate(f"buyer-data:{hex_id}", most=TAKES_PER_MINUTE, window_s=60)
    if wait_s:
        return HttpResponse(_("Too many requests; try again in a minute."), status=429, headers={"Retry-After": wait_s})
    holder = Actor(ActorKind.BUYER, "", "")
    try:
        with transaction.atomic(), tenant_scope(store_id):
            file = take_export(store_id=store_id, request_id=UUID(hex_id), actor=holder, now=request.now)
    except (NotFound, Refused):
        raise Http404 from None
    return as_download(file)


def as_download(file) -> FileResponse:
    """The file, for nobody's cache."""
    response = FileResponse(file, as_attachment=True, filename="buyer-data.zip", content_type="application/zip")
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
