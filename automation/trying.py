"""A dry run: what a rule would have done in the last 90 days of its store, beside what was done."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from automation.definition import Definition, is_held_out
from automation.facts import LOOKS_BACK, RefundFacts, looked_at
from automation.models import StoreRule
from automation.running import live_versions
from automation.states import RulingOutcome
from common.calendar import day_of
from common.events import event_type
from common.models import Event
from common.money import ZERO
from common.personal import known_as, pseudonym
from offers.events import OFFER_SENT
from orders.states import GoodsStatus
from payments.models import Payment
from payments.states import PaymentStatus
from refunds.events import REFUND_APPROVED, REFUND_REJECTED, REFUND_REQUESTED
from refunds.holds import lines_of
from refunds.models import QualityRestriction, Refund
from refunds.platform.events import REFUND_DISPUTED
from refunds.quality.restrictions import hardest

TRIED_ON = timedelta(days=90)
MOST_TRIED = 3000
MOST_LISTED = 100
ANSWERS = (REFUND_APPROVED, REFUND_REJECTED, OFFER_SENT, REFUND_DISPUTED)


@dataclass
class TriedRefund:
    """A refund that the rule is about: what would have come of it, and what was done.

    `given` and `paid` are yuan, at most and really; `waited` is how long the buyer had no answer, None while there is
    none.
    """

    refund: Refund
    outcome: RulingOutcome
    given: Decimal
    answer: str = ""
    waited: timedelta | None = None
    paid: Decimal = ZERO

    @property
    def minutes(self) -> int | None:
        """Whole minutes without an answer."""
        return None if self.waited is None else int(self.waited.total_seconds() // 60)


@dataclass
class Trial:
    """A dry run. `looked_at` refunds were held against the rule; `taken_before` have another rule that comes first."""

    looked_at: int = 0
    is_cut: bool = False
    taken_before: int = 0
    rows: list[TriedRefund] = field(default_factory=list)

    def having(self, outcome: RulingOutcome) -> list[TriedRefund]:
        """Those of which this would have come."""
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def newest(self) -> list[TriedRefund]:
        """Those to look at one by one."""
        return self.rows[: -MOST_LISTED - 1 : -1]

    @property
    def acted(self) -> list[TriedRefund]:
        """Those on which the rule would have acted."""
        return self.having(RulingOutcome.ACTED)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {outcome.value: len(self.having(outcome)) for outcome in RulingOutcome}

    @property
    def given(self) -> Decimal:
        """Yuan that acting would have given at most."""
        return sum((row.given for row in self.acted), ZERO)

    @property
    def paid(self) -> Decimal:
        """Yuan that were paid about the same refunds."""
        return sum((row.paid for row in self.acted), ZERO)

    @property
    def hours(self) -> int:
        """Whole hours that the buyers of those waited for an answer altogether."""
        return int(sum((row.waited or timedelta() for row in self.acted), timedelta()).total_seconds() // 3600)


def try_rule(rule: StoreRule, now: datetime) -> Trial:
    """Hold the store's newest refunds of 90 days against a rule's draft, oldest first, as if it had been on.

    At most MOST_TRIED of them. What the rulebook would have refused then isn't asked: it is asked when a rule acts.
    """
    refunds = _past(rule, now)
    trial = Trial(looked_at=len(refunds), is_cut=len(refunds) == MOST_TRIED)
    first = [each for each in live_versions(rule.store_id) if _comes_first(each.rule, rule)]
    before = [each.definition for each in first if each.is_known]
    definition = rule.definition
    days: dict = defaultdict(lambda: (0, ZERO))
    for refund, facts in zip(refunds, _facts(rule.store_id, refunds), strict=True):
        if not definition.is_about(facts):
            continue
        if any(earlier.is_about(facts) for earlier in before):
            trial.taken_before += 1
            continue
        day = day_of(refund.created_at, rule.store.time_zone)
        given = definition.most_given(facts.amount)
        outcome = _outcome(rule, definition, refund, given, days[day])
        if outcome == RulingOutcome.ACTED:
            days[day] = (days[day][0] + 1, days[day][1] + given)
        trial.rows.append(TriedRefund(refund, outcome, given if outcome == RulingOutcome.ACTED else ZERO))
    _tell_what_was_done(rule.store_id, trial.rows)
    return trial


def _comes_first(other: StoreRule, rule: StoreRule) -> bool:
    return other.pk != rule.pk and (other.place, other.pk) < (rule.place, rule.pk)


def _outcome(rule: StoreRule, definition: Definition, refund: Refund, given: Decimal, done: tuple) -> RulingOutcome:
    if not definition.may_more(*done, given):
        return RulingOutcome.CAPPED
    held_out = is_held_out(rule.pk, refund.pk, definition.watched)
    return RulingOutcome.HELD_OUT if held_out else RulingOutcome.ACTED


def _past(rule: StoreRule, now: datetime) -> list[Refund]:
    past = Refund.objects.for_store(rule.store_id).filter(created_at__gte=now - TRIED_ON, created_at__lte=now)
    newest = past.select_related("order", "store").order_by("-id")[:MOST_TRIED]
    return list(newest)[::-1]


def _facts(store_id: int, refunds: Sequence[Refund]) -> list[RefundFacts]:
    lines_of(refunds)
    asked, requests = _asked_by_buyers(store_id, refunds), _as_requested(store_id, refunds)
    steps = list(QualityRestriction.objects.for_store(store_id))
    found = []
    for refund in refunds:
        at = refund.created_at
        own = asked[pseudonym(refund.store.buyer_salt, refund.order.buyer_id)]
        in_force = [step.step for step in steps if step.since <= at and (step.lifted_at is None or step.lifted_at > at)]
        earlier = bisect_left(own, at) - bisect_left(own, at - LOOKS_BACK)
        facts = looked_at(refund, goods=_goods_then(refund), refunds_before=earlier, step=hardest(in_force) or "")
        found.append(replace(facts, **requests.get(refund.pk, {})))
    return found


def _as_requested(store_id: int, refunds: Sequence[Refund]) -> dict[UUID, dict]:
    """What each was when it was asked for; since then a marketplace, the buyer or both sides may have changed it."""
    by_id = [refund.pk for refund in refunds]
    events = Event.objects.for_store(store_id).filter(topic_id__in=by_id, name=REFUND_REQUESTED.name).order_by("-id")
    return {
        topic: {
            "kind": data["kind"],
            "reason": data["reason"],
            "amount": Decimal(data["amount"]),
            "programme": data["programme"] or "",
        }
        for topic, data in events.values_list("topic_id", "data")
    }


def _asked_by_buyers(store_id: int, refunds: Sequence[Refund]) -> dict[str, list[datetime]]:
    """When each of these refunds' buyers asked for any, in order, by pseudonym: what was erased before counts on."""
    asked: dict[str, list[datetime]] = defaultdict(list)
    if refunds:
        salt = refunds[0].store.buyer_salt
        buyers = {name for refund in refunds for name in known_as(refunds[0].store, refund.order.buyer_id)}
        since = refunds[0].created_at - LOOKS_BACK
        earlier = Refund.objects.for_store(store_id).filter(created_at__gte=since, order__buyer_id__in=buyers)
        for buyer, at in earlier.order_by("created_at").values_list("order__buyer_id", "created_at"):
            asked[pseudonym(salt, buyer)].append(at)
    return asked


def _goods_then(refund: Refund) -> str:
    """Where the goods were when the refund was asked for."""
    order, at = refund.order, refund.created_at
    if order.delivered_at is not None and order.delivered_at <= at:
        return GoodsStatus.RECEIVED
    if order.shipped_at is not None and order.shipped_at <= at:
        return GoodsStatus.IN_TRANSIT
    return GoodsStatus.NOT_SHIPPED


def _tell_what_was_done(store_id: int, rows: Sequence[TriedRefund]) -> None:
    by_id: dict[UUID, TriedRefund] = {row.refund.pk: row for row in rows}
    names = [event.name for event in ANSWERS]
    answers = Event.objects.for_store(store_id).filter(topic_id__in=by_id, name__in=names).order_by("-id")
    for name, topic_id, at in answers.values_list("name", "topic_id", "at"):  # the first one is told last, and stays
        row = by_id[topic_id]
        row.answer, row.waited = str(event_type(name).title), at - row.refund.created_at
    paid = Payment.objects.for_store(store_id).filter(topic_id__in=by_id).exclude(status=PaymentStatus.FAILED)
    for topic_id, amount in paid.values_list("topic_id").annotate(paid=Sum("amount")):
        by_id[topic_id].paid = amount
