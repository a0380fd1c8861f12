"""What rules kept: refunds on which they acted beside those held out, and whether the difference is proved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Avg, Count, F, OuterRef, Subquery, Sum, Variance
from django.db.models.functions import Coalesce

from automation.definition import SORTING
from automation.models import Ruling, StoreRule
from automation.states import RulingOutcome
from common.money import CENT, ZERO, MoneyField
from payments.models import Payment
from payments.states import PaymentStatus
from refunds.states import OPEN

FEWEST = 30  # of each arm; of fewer nothing is said
Z = Decimal("1.96")  # of 95 in 100


@dataclass(frozen=True)
class Arm:
    """Refunds that have ended: how many, and the yuan kept of each on average, with what that scatters."""

    refunds: int = 0
    mean: Decimal = ZERO
    variance: Decimal = ZERO

    @property
    def margin(self) -> Decimal:
        """Yuan to either side within which the mean lies, 95 times of 100."""
        return Z * (self.variance / self.refunds).sqrt() if self.refunds else ZERO

    @property
    def ends(self) -> tuple[Decimal, Decimal]:
        """That interval."""
        return _yuan(self.mean - self.margin), _yuan(self.mean + self.margin)

    @property
    def kept(self) -> Decimal:
        """The mean in yuan."""
        return _yuan(self.mean)


@dataclass(frozen=True)
class Proof:
    """What came of a rule in some days; the arms hold the refunds that have ended by now.

    `is_compared` says whether it decided anything: what only sorts work is only counted.
    """

    rule: StoreRule
    counts: dict[str, int]
    acting: Arm
    watching: Arm
    is_compared: bool = True

    @property
    def stopped(self) -> int:
        """How often its act wasn't possible or its day was full."""
        return self.counts[RulingOutcome.REFUSED] + self.counts[RulingOutcome.CAPPED]

    @property
    def difference(self) -> Decimal:
        """Yuan that acting keeps more of a refund than not acting."""
        return _yuan(self.acting.mean - self.watching.mean)

    @property
    def margin(self) -> Decimal:
        """Yuan to either side of the difference, 95 times of 100."""
        return (self.acting.margin**2 + self.watching.margin**2).sqrt()

    @property
    def ends(self) -> tuple[Decimal, Decimal]:
        """That interval."""
        between = self.acting.mean - self.watching.mean
        return _yuan(between - self.margin), _yuan(between + self.margin)

    @property
    def has_enough(self) -> bool:
        """Whether both arms have refunds enough to say anything."""
        return min(self.acting.refunds, self.watching.refunds) >= FEWEST

    @property
    def is_proved(self) -> bool:
        """Whether the difference is more than chance would make of it."""
        low, high = self.ends
        return self.has_enough and (low > 0 or high < 0)


def prove(store_ids: Sequence[int], start: date, end: date) -> list[Proof]:
    """Each rule that was about a refund of these stores between two days, both included, in the order of their turns.

    Kept of a refund is what was asked for, less what was paid about it; coupons and gifts aren't counted.
    """
    rulings = Ruling.objects.filter(store__in=store_ids, day__gte=start, day__lte=end, rule__isnull=False)
    counts = _counts(rulings)
    if not counts:
        return []
    decided = rulings.exclude(act__in=SORTING)
    arms, deciding = _arms(decided), set(decided.values_list("rule", flat=True).distinct())
    rules = StoreRule.objects.filter(store__in=store_ids, pk__in=counts).select_related("store")
    none = Arm()
    return [
        Proof(
            rule,
            counts[rule.pk],
            arms.get((rule.pk, RulingOutcome.ACTED), none),
            arms.get((rule.pk, RulingOutcome.HELD_OUT), none),
            rule.pk in deciding,
        )
        for rule in rules.order_by("store", "place", "pk")
    ]


def _counts(rulings) -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = {}
    for rule_id, outcome, count in rulings.values_list("rule", "outcome").annotate(count=Count("pk")):
        found.setdefault(rule_id, dict.fromkeys(RulingOutcome.values, 0))[outcome] = count
    return found


def _arms(rulings) -> dict[tuple[UUID, str], Arm]:
    payments = Payment.objects.filter(store_id=OuterRef("store_id"), topic_id=OuterRef("refund_id"))
    payments = payments.exclude(status=PaymentStatus.FAILED).order_by().values("topic_id")
    paid = Subquery(payments.annotate(paid=Sum("amount")).values("paid"), output_field=MoneyField())
    compared = rulings.filter(outcome__in=(RulingOutcome.ACTED, RulingOutcome.HELD_OUT)).exclude(
        refund__status__in=OPEN
    )
    kept = compared.annotate(kept=F("asked") - Coalesce(paid, ZERO))
    rows = kept.values("rule", "outcome").annotate(
        count=Count("pk"), mean=Avg("kept"), scatter=Variance("kept", sample=True)
    )
    return {(row["rule"], row["outcome"]): Arm(row["count"], row["mean"], row["scatter"] or ZERO) for row in rows}


def _yuan(value: Decimal) -> Decimal:
    return value.quantize(CENT)
