"""A buyer's data gives way to a mark, a batch of orders in each transaction, whatever dies in between.

What is told of orders lies in many tables; which, and how each column is erased, the rooms declare. An order of which
all is erased has the pseudonym for its buyer, and so is not found again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import models

from common import clock, workers
from common.actions import action
from common.actors import SYSTEM, Actor
from common.holdings import all_holdings
from common.personal import Holding, Whose, erasing, pseudonym
from common.writes import WriteSet
from orders.models import Order
from privacy.asking import request_facts
from privacy.events import ERASED, EXPORT_MADE, ORDER_ERASED
from privacy.exporting import write_export
from privacy.models import BuyerRequest
from privacy.reading import rows_of
from privacy.states import RequestKind
from refunds.models import Refund

ORDERS_AT_ONCE = 50
ROWS_AT_ONCE = 500


def do_buyer_requests(*, ids: Sequence[UUID] | None = None, limit: int = 1) -> int:
    """Export or erase for requests that are due (of these ids, if given); returns how many were taken up.

    Safe to run anywhere, any number of times, and to kill at any moment.
    """
    due = BuyerRequest.objects.select_related("store", "order")
    return workers.do_due(due if ids is None else due.filter(pk__in=ids), _do, limit=limit)


def _do(request: BuyerRequest) -> None:
    work = {RequestKind.EXPORT: export_buyer, RequestKind.ERASURE: erase_batch}
    work[RequestKind(request.kind)](request=request, actor=SYSTEM, now=clock.now())


@action
def export_buyer(*, request: BuyerRequest, actor: Actor, now: datetime) -> None:
    """Write the file of a request that the caller holds."""
    orders = Order.objects.for_store(request.store_id).filter(erased_at=None)
    whose = {"pk": request.order_id} if request.order_id else {"buyer_id": request.buyer_id}
    size = write_export(request, list(orders.filter(**whose).order_by("pk")), now)
    request.finish(now=now, size=size)
    writes = WriteSet()
    writes.event(EXPORT_MADE, request, topic=request, at=now, actor=actor, **request_facts(request))
    writes.flush()


@action
def erase_batch(*, request: BuyerRequest, actor: Actor, now: datetime) -> None:
    """Erase what is next of a request that the caller holds; after the last of it the request knows no buyer either."""
    orders = Order.objects.for_store(request.store_id).filter(erased_at=request.asked_at)
    whose = {"pk": request.order_id} if request.order_id else {"buyer_id": request.buyer_id}
    batch = orders.filter(**whose).order_by("pk").select_for_update(no_key=True)[:ORDERS_AT_ONCE]
    taken = list(batch)
    erase_orders(orders=taken, salt=request.store.buyer_salt, actor=actor, now=now)
    if request.order_id is None and len(taken) == ORDERS_AT_ONCE:
        request.attempts = 0  # each batch is a first attempt
        request.plan(timedelta(0))
        return
    facts = request_facts(request)
    _forget_requests(request)
    request.buyer_id = pseudonym(request.store.buyer_salt, request.buyer_id)
    request.finish(now=now)
    writes = WriteSet()
    writes.event(ERASED, request, topic=request, at=now, actor=actor, **facts)
    writes.flush()


def _forget_requests(request: BuyerRequest) -> None:
    """Exports of the same buyer: the files go, and the rows know the pseudonym."""
    same = BuyerRequest.objects.for_store(request.store_id).filter(buyer_id=request.buyer_id, order=request.order_id)
    for other in same.filter(kind=RequestKind.EXPORT):
        default_storage.delete(other.stored_as)
    same.exclude(pk=request.pk).update(buyer_id=pseudonym(request.store.buyer_salt, request.buyer_id))


@action
def erase_orders(*, orders: Sequence[Order], salt: UUID, actor: Actor, now: datetime) -> None:
    """Erase everything personal about these orders of one store, which are locked and have their `erased_at`.

    Files first: when the transaction is lost they are gone, and the next attempt finds the rows.
    """
    if not orders:
        return
    writes = WriteSet()
    for order in orders:
        writes.event(ORDER_ERASED, order, topic=order, at=now, actor=actor)
    for buyer_id, of_buyer in groupby(sorted(orders, key=attrgetter("buyer_id")), key=attrgetter("buyer_id")):
        _erase(list(of_buyer), Whose(buyer_id, pseudonym(salt, buyer_id)))
    writes.flush()


def _erase(orders: list[Order], whose: Whose) -> None:
    refunds = Refund.objects.for_store(orders[0].store_id).filter(order__in=orders).order_by("pk")
    topics = [*(order.pk for order in orders), *refunds.select_for_update(no_key=True).values_list("pk", flat=True)]
    with erasing():
        holdings = sorted(all_holdings(), key=lambda holding: holding.model is Order)  # found by it: the order is last
        for holding in holdings:
            if holding.is_about_buyers and (holding.held or holding.go or holding.files):
                _erase_rows(holding, rows_of(holding, orders, topics), whose)


def _erase_rows(holding: Holding, rows: models.QuerySet, whose: Whose) -> None:
    for some in _read(rows):
        if holding.files:
            for row in some:
                default_storage.delete(getattr(row, holding.files))
        keys = [row.pk for row in some]
        if holding.go:
            holding.model._default_manager.filter(pk__in=keys).delete()
            continue
        for row in some:
            for name, held in holding.held.items():
                setattr(row, name, _fitting(holding.model, name, held.erase(getattr(row, name), row, whose)))
        if holding.held:
            holding.model._default_manager.bulk_update(some, list(holding.held), batch_size=ROWS_AT_ONCE)


def _read(rows: models.QuerySet) -> Iterator[list[models.Model]]:
    """Every row once, some at a time: what is erased may be found by what is erased of it."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), ROWS_AT_ONCE):
        some = keys[start : start + ROWS_AT_ONCE]
        yield list(rows.model._default_manager.filter(pk__in=some).order_by("pk"))


def _fitting(model: type[models.Model], name: str, value: object) -> object:
    """A mark is never longer than its column."""
    longest = getattr(model._meta.get_field(name), "max_length", None)
    return value[:longest] if longest and isinstance(value, str) else value
