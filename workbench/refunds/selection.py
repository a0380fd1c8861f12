"""Which refunds something in bulk is about: those that were ticked, or all of the list that was shown."""

from dataclasses import dataclass

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from common.errors import refuse_if
from common.looks import shows_list
from offers.bulk import MOST_AT_ONCE, why_not_start
from refunds.models import Refund
from refunds.states import RefundStatus
from stores.permissions import SEND_OFFERS, can, require
from workbench.kit.changelist import NotOffered
from workbench.kit.desk import Desk, desk_of
from workbench.kit.forms import ids_named
from workbench.kit.queue import capped, count_rows

QUEUE = "admin:refunds_refund_changelist"


@dataclass(frozen=True)
class Selection:
    """The refunds to look at, at most MOST_AT_ONCE of them; `total` is how many were asked for, as it is shown."""

    refunds: list[Refund]
    total: str
    is_cut: bool = False


def selected(request: HttpRequest, refunds_list: ModelAdmin) -> Selection:
    """What was ticked, or the first of all that the list shows: its queue, filters and search are in the address.

    Http404 when a ticked refund is missing or foreign.

    Raises PermissionDenied where the user may not send offers, Refused for too many ticks.
    """
    if "everything" in request.POST:
        return _everything(request, refunds_list)
    refuse_if(why_not_start(len(ids_named(request.POST.getlist("refund")))))
    found = ticked_refunds(request, SEND_OFFERS)
    return Selection(found, capped(len(found)))


def ticked_refunds(request: HttpRequest, capability: str) -> list[Refund]:
    """The refunds that were ticked, those due first. Http404 when one is missing or foreign.

    Raises PermissionDenied where the user lacks the capability.
    """
    ids = ids_named(request.POST.getlist("refund"))
    rows = Refund.objects.in_scope().select_related("order", "store")
    found = list(rows.filter(pk__in=ids).order_by("due_at", "-id"))
    if len(found) != len(ids):
        raise Http404
    for store_id in {refund.store_id for refund in found}:
        require(request.user, capability, store_id)
    shows_list(found)
    return found


def tickable(rows: QuerySet, desk: Desk) -> QuerySet:
    """Those rows of the refunds list to which somebody at this desk may send an offer in bulk.

    Only as far as the row itself tells: what else stands in the way, the preview says.
    """
    return rows.filter(
        store__in=_stores_to_send_for(desk), status=RefundStatus.AWAITING_MERCHANT, has_pending_offer=False
    )


def _stores_to_send_for(desk: Desk) -> list[int]:
    return [store.pk for store in desk.retaining if can(desk.user, SEND_OFFERS, store.pk)]


def _everything(request: HttpRequest, refunds_list: ModelAdmin) -> Selection:
    if not _stores_to_send_for(desk_of(request)):
        raise PermissionDenied
    try:
        rows = tickable(refunds_list.get_changelist_instance(request).queryset, desk_of(request))
    except NotOffered:
        raise Http404 from None
    found = list(rows[: MOST_AT_ONCE + 1])
    is_cut = len(found) > MOST_AT_ONCE
    return Selection(found[:MOST_AT_ONCE], capped(count_rows(rows) if is_cut else len(found)), is_cut)
