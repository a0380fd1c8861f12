"""An export or an erasure is asked for, taken, resumed."""

from datetime import datetime
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage

from common.actions import action
from common.actors import Actor
from common.errors import NotFound, refuse_if
from common.personal import pseudonym
from common.writes import WriteSet
from privacy.events import ERASURE_ASKED, EXPORT_ASKED, EXPORT_TAKEN, REQUEST_RESUMED
from privacy.finding import find_buyer
from privacy.hinting import tell_workers
from privacy.models import BuyerRequest
from privacy.states import RequestKind, RequestStatus
from privacy.why_not import (
    MOST_ORDERS,
    why_not_ask_twice,
    why_not_count,
    why_not_erase,
    why_not_resume_request,
    why_not_take_export,
)
from stores.models import Store


@action
def ask_for_export(*, store: Store, buyer: str, actor: Actor, now: datetime) -> BuyerRequest:
    """Have a worker write everything that is kept of a buyer into a file. `buyer` as `find_buyer` takes it.

    Refused `request_under_way` while another export of theirs is being made.
    """
    found = find_buyer(store, buyer)
    list(found.orders.order_by("-pk").select_for_update(no_key=True)[:1])  # two who ask at once begin one
    count = found.orders.count()
    refuse_if(why_not_count(count) or why_not_ask_twice(_under_way(store, RequestKind.EXPORT, found)))
    request = BuyerRequest(
        store=store,
        kind=RequestKind.EXPORT,
        buyer_id=found.buyer_id,
        order=found.order,
        orders=count,
        asked_by=actor.label,
        asked_at=now,
    )
    writes = WriteSet()
    _begin(writes, request)
    writes.event(EXPORT_ASKED, request, topic=request, at=now, actor=actor, **request_facts(request))
    writes.flush()
    return request


@action
def ask_for_erasure(*, store: Store, buyer: str, actor: Actor, now: datetime) -> BuyerRequest:
    """Have workers erase everything personal of a buyer. From here on nothing new begins about their orders.

    An order that is placed after this is another: whoever buys again is known again. Refused `buyer_has_open_…` while
    the data is needed, `request_under_way` while it is being erased already.
    """
    found = find_buyer(store, buyer)
    orders = list(found.orders.order_by("pk").select_for_update(no_key=True)[: MOST_ORDERS + 1])
    refuse_if(why_not_count(len(orders)))
    orders = [order for order in orders if order.erased_at is None]
    refuse_if(why_not_ask_twice(_under_way(store, RequestKind.ERASURE, found)))
    if not orders:
        raise NotFound("buyer")
    refuse_if(why_not_erase(orders, now))
    request = BuyerRequest(
        store=store,
        kind=RequestKind.ERASURE,
        buyer_id=found.buyer_id,
        order=found.order,
        orders=len(orders),
        asked_by=actor.label,
        asked_at=now,
    )
    writes = WriteSet()
    for order in orders:
        order.erased_at = now
        writes.update(order, "erased_at")
    _begin(writes, request)
    writes.event(ERASURE_ASKED, request, topic=request, at=now, actor=actor, **request_facts(request))
    writes.flush()
    return request


def request_facts(request: BuyerRequest) -> dict:
    """What events tell of a request: never the buyer's own id."""
    whose = request.buyer_id or str(request.order_id)
    return {"buyer": pseudonym(request.store.buyer_salt, whose), "orders": request.orders}


def _under_way(store: Store, kind: str, found) -> BuyerRequest | None:
    requests = BuyerRequest.objects.for_store(store.pk).filter(kind=kind, buyer_id=found.buyer_id, order=found.order)
    return requests.exclude(status=RequestStatus.DONE).first()


def _begin(writes: WriteSet, request: BuyerRequest) -> None:
    request.make_due()
    writes.insert(request)
    writes.hint(tell_workers, str(request.pk))


def lock_request(store_id: int, request_id: UUID | str) -> BuyerRequest:
    """A store's request, locked. NotFound."""
    requests = BuyerRequest.objects.for_store(store_id).select_related("store")
    request = requests.select_for_update(of=("self",), no_key=True).filter(pk=request_id).first()
    if request is None:
        raise NotFound
    return request


@action
def take_export(*, store_id: int, request_id: UUID | str, actor: Actor, now: datetime) -> File:
    """The finished file; that it is taken is on record. Refused `export_under_way`, `export_failed`, `export_gone`."""
    request = lock_request(store_id, request_id)
    refuse_if(why_not_take_export(request, now))
    try:
        file = default_storage.open(request.stored_as)
    except FileNotFoundError:  # the storage has lost it
        raise NotFound from None
    writes = WriteSet()
    writes.event(EXPORT_TAKEN, request, topic=request, at=now, actor=actor, **request_facts(request))
    writes.flush()
    return file


@action
def resume_request(*, store_id: int, request_id: UUID | str, actor: Actor, now: datetime) -> BuyerRequest:
    """Let a worker go on at once, as often as the first time. Refused `invalid_transition` where nobody was called."""
    request = lock_request(store_id, request_id)
    refuse_if(why_not_resume_request(request))
    request.resume()
    request.make_due()
    writes = WriteSet()
    writes.update(request, *request.WORK_FIELDS)
    writes.hint(tell_workers, str(request.pk))
    writes.event(REQUEST_RESUMED, request, topic=request, at=now, actor=actor, **request_facts(request))
    writes.flush()
    return request
