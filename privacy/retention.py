"""What of this room goes after a while: files with a buyer's data, and what is personal in orders that have ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from common import clock
from common.actions import action, bookkeeping
from common.actors import SYSTEM, Actor
from common.retention import Retention
from common.setbacks import sweep_each
from common.stray import keys_in, stray_files
from common.tenancy import system_scope, tenant_scope
from common.writes import WriteSet
from orders.models import Order, OwedParcel
from orders.states import OrderStatus, ParcelStatus
from payments.models import Payment
from payments.states import PaymentStatus
from privacy.erasing import ORDERS_AT_ONCE, erase_orders
from privacy.events import ENDED_ORDERS_ERASED
from privacy.looks.parts import let_looks_go
from privacy.models import BuyerRequest, Look
from privacy.states import RequestKind, RequestStatus
from refunds.models import Appeal, Dispute, Refund
from refunds.states import OPEN, AppealStatus, DisputeStatus
from stores.models import Store

SWEEP = "ended orders erased"
STORES_AT_ONCE = 20


@bookkeeping("A copy of what is on record goes: that is no act.")
def _delete_files(requests: Sequence[BuyerRequest]) -> None:
    """Files first: when the rows stay as they are after all, the next sweep finds them."""
    for request in requests:
        default_storage.delete(request.stored_as)
    BuyerRequest.objects.filter(pk__in=[request.pk for request in requests]).update(size=None)


def erase_ended(kept_for: timedelta) -> int:
    """Erase a batch of orders of some stores that were paid so long ago and have ended; returns how many.

    What is still open about an order keeps it.
    """
    until = clock.now() - kept_for
    with system_scope():
        oldest = _ended(until).order_by("paid_at").values_list("store_id", flat=True)[: STORES_AT_ONCE * ORDERS_AT_ONCE]
        store_ids = list(dict.fromkeys(oldest))[:STORES_AT_ONCE]
    return sweep_each(SWEEP, map(str, store_ids), partial(_erase_some, until=until))


def _erase_some(store_id: str, *, until: datetime) -> int:
    with tenant_scope(int(store_id)):
        return erase_ended_orders(store_id=int(store_id), until=until, actor=SYSTEM, now=clock.now())


@action
def erase_ended_orders(*, store_id: int, until: datetime, actor: Actor, now: datetime) -> int:
    """Erase what is personal in a batch of a store's orders that were paid by then and have ended; returns how many.

    Asked again once they are locked: the statement that locks doesn't see a refund that was opened while it ran.
    """
    rows = _ended(until).filter(store_id=store_id).order_by("paid_at")
    locked = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True)[:ORDERS_AT_ONCE])
    orders = list(rows.filter(pk__in=[order.pk for order in locked]))
    Order.objects.for_store(store_id).filter(pk__in=[order.pk for order in orders]).update(erased_at=now)
    store = Store.objects.get(pk=store_id)
    erase_orders(orders=orders, salt=store.buyer_salt, actor=actor, now=now)
    if orders:
        told = {"orders": len(orders), "paid_until": until.isoformat()}
        writes = WriteSet()
        writes.event(ENDED_ORDERS_ERASED, store, topic=store, at=now, actor=actor, **told)
        writes.flush()
    return len(orders)


def _ended(until: datetime) -> QuerySet[Order]:
    """Orders paid by then about which nothing is open."""
    own = {"store_id": OuterRef("store_id"), "order": OuterRef("pk")}
    case = {"store_id": OuterRef("store_id"), "refund__order": OuterRef("pk")}
    unsettled = Q(status__in=(PaymentStatus.PENDING, PaymentStatus.PROCESSING)) | ~Q(conflict="")
    keeping = (
        Refund.objects.filter(**own, status__in=OPEN),
        Payment.objects.filter(unsettled, **own),
        OwedParcel.objects.filter(**own, status__in=(ParcelStatus.OWED, ParcelStatus.AWAITING_RETURN)),
        Dispute.objects.filter(**case, status=DisputeStatus.OPEN),
        Appeal.objects.filter(**case, status=AppealStatus.OPEN),
    )
    orders = Order.objects.filter(erased_at=None, paid_at__lte=until).exclude(status=OrderStatus.UNSHIPPED)
    return orders.filter(*(~Exists(rows) for rows in keeping))


EXPORTS = Retention(
    "buyers' exports forgotten",
    gettext_lazy("Files with a buyer's data"),
    BuyerRequest,
    "done_at",
    "KEEP_EXPORTS_DAYS",
    which=lambda rows: rows.filter(kind=RequestKind.EXPORT, status=RequestStatus.DONE, size__isnull=False),
    forget=_delete_files,
    batch=50,
)


def _exports_of(names: Sequence[str]) -> set[str]:
    """Those of these files that somebody may still take, or a worker writes."""
    requests = BuyerRequest.objects.filter(pk__in=keys_in(names), kind=RequestKind.EXPORT)
    return {request.stored_as for request in requests.exclude(status=RequestStatus.DONE, size=None)}


STRAY_EXPORTS = stray_files(
    "stray exports forgotten",
    gettext_lazy("Files with a buyer's data that nobody can take any more"),
    BuyerRequest,
    place="privacy",
    known=_exports_of,
)
ENDED_ORDERS = Retention(
    SWEEP,
    gettext_lazy("Buyers' personal data in orders that have ended"),
    Order,
    "paid_at",
    "KEEP_BUYERS_DAYS",
    by_itself=erase_ended,
)
LOOKS = Retention(
    "looks forgotten",
    gettext_lazy("Who looked at buyers' data"),
    Look,
    "day",
    "KEEP_LOOKS_DAYS",
    by_itself=let_looks_go,
)
RETENTIONS = (EXPORTS, STRAY_EXPORTS, ENDED_ORDERS, LOOKS)
