"""Deadlines that come near: whoever has to decide is told, and at half of that time the owners are.

Once for each deadline and step: the tables hold that, whoever asks how often.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import DurationField, Exists, ExpressionWrapper, OuterRef, QuerySet, Value

from common import clock
from common.actions import bookkeeping
from common.setbacks import sweep_rows
from notices.kinds import AGENT, DEADLINE, OWNER, WAREHOUSE
from notices.models import MOST_HOURS_BEFORE, DeskNotice, NoticeTerms
from notices.telling import Audience, News, write_notices
from refunds.models import Assignment, Refund
from refunds.states import RefundStatus

STORES_AT_ONCE = 100
REFUNDS_AT_ONCE = 200
FURTHEST = timedelta(hours=MOST_HOURS_BEFORE)
TO_DECIDER, TO_OWNERS = 1, 2
# What waits for the store's people, and which of them see to it where it is nobody's.
DECIDERS = {RefundStatus.AWAITING_MERCHANT: (AGENT,), RefundStatus.RETURNING: (WAREHOUSE, AGENT)}


def remind_of_deadlines() -> int:
    """Tell the people of up to STORES_AT_ONCE stores of deadlines that are near; returns how many stores."""
    now = clock.now()
    return sweep_rows("deadlines near", partial(_with_near_ones, now), partial(_remind, now), limit=STORES_AT_ONCE)


def _near(rows: QuerySet[Refund], before, now: datetime, step: int) -> QuerySet[Refund]:
    """Those of the refunds that are undecided so near to their deadline, and of which nobody was told."""
    told = DeskNotice.objects.filter(
        store=OuterRef("store"), refund_id=OuterRef("pk"), due_at=OuterRef("due_at"), step=step
    )
    nearest = ExpressionWrapper(Value(now) + before / Value(step), output_field=Refund._meta.get_field("due_at"))
    rows = rows.filter(status__in=DECIDERS, decision_sent="", due_at__gt=now, due_at__lte=now + FURTHEST)
    return rows.filter(due_at__lte=nearest).filter(~Exists(told))


def _with_near_ones(now: datetime) -> QuerySet[NoticeTerms]:
    own = Refund.objects.filter(store=OuterRef("store"))
    before = ExpressionWrapper(OuterRef("tells_before"), output_field=DurationField())
    near = Exists(_near(own, before, now, TO_DECIDER)) | Exists(_near(own, before, now, TO_OWNERS))
    rows = NoticeTerms.objects.in_scope().filter(near, tells_before__isnull=False).select_related("store")
    return rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")


@bookkeeping("What people are told follows from the deadline, which is the refund's.")
def _remind(now: datetime, rows: Sequence[NoticeTerms]) -> None:
    for terms in rows:
        found: list[News] = []
        for step in (TO_DECIDER, TO_OWNERS):
            own = Refund.objects.for_store(terms.store_id)
            near = _near(own, Value(terms.tells_before, output_field=DurationField()), now, step)
            refunds = list(near.select_related("order").order_by("due_at")[:REFUNDS_AT_ONCE])
            found += _news(terms, refunds, step, now)
        write_notices(terms, Audience(terms), found, at=clock.wall())


def _news(terms: NoticeTerms, refunds: Sequence[Refund], step: int, now: datetime) -> list[News]:
    assigned = Assignment.objects.for_store(terms.store_id).filter(refund__in=refunds)
    assignees = dict(assigned.values_list("refund", "assignee")) if step == TO_DECIDER else {}
    return [
        News(
            DEADLINE,
            DeskNotice(
                store=terms.store,
                kind=DEADLINE.code.value,
                refund_id=refund.pk,
                refund_kind=refund.kind,
                order_id=refund.order_id,
                order_number=refund.order.number,
                amount=refund.amount,
                due_at=refund.due_at,
                step=step,
                at=now,
                created_at=clock.wall(),
            ),
            assignees.get(refund.pk),
            DECIDERS[RefundStatus(refund.status)] if step == TO_DECIDER else (OWNER,),
        )
        for refund in refunds
    ]
