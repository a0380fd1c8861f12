"""From events to notices: people are told what happened since their store was looked at, up to what is settled.

A store's `cursor` moves in the transaction that makes its notices: killed anywhere, none is lost and none is made
twice. Nobody who acts waits for it: it only reads what they have committed.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from common import clock
from common.actions import bookkeeping
from common.calendar import day_of
from common.models import Event
from common.setbacks import sweep_rows
from common.settled import look
from common.tenancy import system_scope
from notices.kinds import KIND_OF_EVENT, ONCE_A_DAY, NoticeKind
from notices.models import LONGEST_ABOUT, TELL_BEFORE_HOURS, DeskNotice, NoticeTerms
from notices.telling import Audience, News, write_notices
from orders.models import Order
from refunds.models import Assignment, Refund
from stores.models import Store
from stores.permissions import VIEW

EVENTS_AT_ONCE = 500
STORES_AT_ONCE = 100
NEWS_FOR = timedelta(days=1)  # what was taken over from long ago is nobody's news
BUYER = "buyer"


def make_notices() -> int:
    """Tell the people of up to STORES_AT_ONCE stores what is new; returns how many stores that were."""
    with system_scope():
        settled = look().event_id
    _begin(settled)
    behind, plan = partial(_behind, settled), partial(_plan, settled)
    return sweep_rows("notices for people", behind, plan, limit=STORES_AT_ONCE)


def terms_from(store: Store, cursor: int) -> NoticeTerms:
    """How a store that has chosen nothing is told, of what happens after that event."""
    return NoticeTerms(store=store, cursor=cursor, tells_before=timedelta(hours=TELL_BEFORE_HOURS))


@bookkeeping("What a store is told where it has chosen nothing is nobody's act.", alone=True)
def _begin(settled: int) -> None:
    """Stores that are new are told from now on."""
    known = NoticeTerms.objects.filter(store=OuterRef("pk"))
    new = Store.objects.filter(~Exists(known)).only("pk")[:EVENTS_AT_ONCE]
    NoticeTerms.objects.bulk_create([terms_from(store, settled) for store in new], ignore_conflicts=True)


def _behind(settled: int) -> QuerySet[NoticeTerms]:
    new = Event.objects.filter(store=OuterRef("store"), pk__gt=OuterRef("cursor"), pk__lte=settled)
    rows = NoticeTerms.objects.in_scope().filter(Exists(new)).select_related("store")
    return rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")


@bookkeeping("What people are told follows from the event, which is on record.")
def _plan(settled: int, rows: Sequence[NoticeTerms]) -> None:
    for terms in rows:
        events = Event.objects.for_store(terms.store_id).filter(pk__gt=terms.cursor, pk__lte=settled)
        new = list(events.order_by("pk")[:EVENTS_AT_ONCE])
        oldest = terms.store.on_its_clock(clock.wall()) - NEWS_FOR
        if heard := [event for event in new if event.at > oldest and _is_news(event)]:
            write_notices(terms, Audience(terms), _news(terms, _first_of_day(terms, heard)), at=clock.wall())
        terms.cursor = new[-1].pk if len(new) == EVENTS_AT_ONCE else settled
        terms.save(update_fields=["cursor"])


def _is_news(event: Event) -> bool:
    kind = KIND_OF_EVENT.get(event.name)
    return kind is not None and (not kind.of_buyers or event.actor_kind == BUYER)


def _first_of_day(terms: NoticeTerms, events: Sequence[Event]) -> list[Event]:
    """The events without those that tell of a thing once more on a day of the store's calendar."""
    if not any(event.name in ONCE_A_DAY for event in events):
        return list(events)
    told = DeskNotice.objects.for_store(terms.store_id).filter(name__in=ONCE_A_DAY)
    told = told.filter(created_at__gte=clock.wall() - NEWS_FOR).values_list("name", "about", "at")
    zone = terms.store.time_zone
    seen = {(name, about, day_of(at, zone)) for name, about, at in told}
    found = []
    for event in events:
        thing = (event.name, _about(KIND_OF_EVENT[event.name], event), day_of(event.at, zone))
        if event.name not in ONCE_A_DAY or thing not in seen:
            found.append(event)
        seen.add(thing)
    return found


def _news(terms: NoticeTerms, events: Sequence[Event]) -> list[News]:
    """What each event tells whom; three statements, however many events there are."""
    topics = {event.topic_id for event in events}
    refunds = Refund.objects.for_store(terms.store_id).filter(pk__in=topics)
    refunds = {row[0]: row for row in refunds.values_list("pk", "kind", "amount", "order", "order__number")}
    orders = Order.objects.for_store(terms.store_id).filter(pk__in=topics - refunds.keys())
    orders = dict(orders.values_list("pk", "number"))
    assigned = Assignment.objects.for_store(terms.store_id).filter(refund__in=refunds.keys())
    assigned = dict(assigned.values_list("refund", "assignee"))
    found = []
    for event in events:
        kind, assignee = KIND_OF_EVENT[event.name], assigned.get(event.topic_id)
        if kind.is_personal and (assignee is None or event.actor_id == f"user:{assignee}"):
            continue
        notice = _notice(terms, kind, event)
        _tell_which(notice, event.topic_id, refunds, orders)
        found.append(News(kind, notice, assignee))
    return found


def _notice(terms: NoticeTerms, kind: NoticeKind, event: Event) -> DeskNotice:
    return DeskNotice(
        store=terms.store,
        kind=kind.code.value,
        by=event.actor_id,
        event=event.pk,
        name=event.name,
        subject_type=event.subject_type,
        about=_about(kind, event),
        at=event.at,
        created_at=clock.wall(),
    )


def _about(kind: NoticeKind, event: Event) -> str:
    """What of the store's own it is: a robot, a rule, an endpoint or a shop by its name. Nothing of buyers' events."""
    if kind.is_quoted:
        return str(event.data.get("text", ""))[:LONGEST_ABOUT]
    if kind.capability == VIEW:
        return ""
    return next((str(event.data[key])[:LONGEST_ABOUT] for key in ("name", "host", "shop") if event.data.get(key)), "")


def _tell_which(notice: DeskNotice, topic: UUID, refunds: dict[UUID, tuple], orders: dict[UUID, str]) -> None:
    if topic in refunds:
        notice.refund_id, notice.refund_kind, notice.amount, notice.order_id, notice.order_number = refunds[topic]
    elif topic in orders:
        notice.order_id, notice.order_number = topic, orders[topic]
