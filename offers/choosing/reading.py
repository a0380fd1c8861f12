"""The log of a store: offers that were sent as recommended, with what they came to, and what it says of ceilings."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.money import ZERO
from offers.choosing.acceptance import Belief
from offers.choosing.choice import WHOLE, OfferArm
from offers.choosing.estimate import FEWEST_LOGGED, Estimate, Logged, estimate, keeping_to
from offers.insights.sql import AVOIDED
from offers.models import Advice, RolledUpOffer
from offers.states import OfferStatus
from stores.models import Store

MOST_READ = 5_000  # offers, the newest
CEILINGS = (5, 10, 20, 30, None)  # per cent of the price that are told beside what holds now


@dataclass(frozen=True)
class Foretold:
    """What the recommendation would have kept under a ceiling; `percent` None is none.

    `difference` is what it keeps more of each offer than what holds now, None for what holds now itself. Without
    `found` too few such offers were sent to tell.
    """

    percent: int | None
    is_now: bool
    found: Estimate | None
    difference: Estimate | None


@dataclass(frozen=True)
class Foresight:
    """The ceilings of a store beside each other; without `rows`, only `offers` are logged, which are too few."""

    offers: int
    rows: list[Foretold]


def foresee_ceilings(store: Store, start: date, end: date) -> Foresight:
    """What each ceiling would have kept of the store's offers of these days. Two statements.

    None above what holds now: what wasn't offered, nobody has answered.
    """
    log, now = read_log(store, start, end), store.most_offered_percent
    present = keeping_to(now, store.tried_percent)
    rows: list[Foretold] = []
    if len(log) < FEWEST_LOGGED:
        return Foresight(len(log), rows)
    wanted = {*CEILINGS, now} if now is None else {percent for percent in CEILINGS if percent and percent < now} | {now}
    for percent in sorted(wanted, key=lambda each: 100 if each is None else each):
        policy = keeping_to(percent, store.tried_percent)
        found = estimate(log, policy)
        rows.append(
            Foretold(percent, percent == now, found, None if percent == now else estimate(log, policy, present))
        )
    return Foresight(len(log), rows)


def read_log(store: Store, start: date, end: date) -> list[Logged]:
    """The store's offers of these days that were sent as recommended, are over, and are rolled up. Two statements."""
    sent = Advice.objects.for_store(store.pk).filter(
        was_taken=True, offer__store=store.pk, offer__sent_on__range=(start, end)
    )
    rows = list(sent.order_by("-id").values_list("offer_id", "method", "amount", "arms")[:MOST_READ])
    if not rows:
        return []
    over = (OfferStatus.ACCEPTED, OfferStatus.DECLINED, OfferStatus.EXPIRED)
    outcomes = RolledUpOffer.objects.for_store(store.pk).filter(
        offer__store=store.pk, offer__status__in=over, offer__in=[offer_id for offer_id, *_ in rows]
    )
    columns = outcomes.values_list("offer_id", "sales_kept", "offer_costs", *AVOIDED)
    kept = {offer_id: sales - cost + sum(avoided, ZERO) for offer_id, sales, cost, *avoided in columns}
    return [_logged(method, amount, arms, kept[offer]) for offer, method, amount, arms in rows if offer in kept]


def _logged(method: str, amount: Decimal | None, arms: list[list], kept: Decimal) -> Logged:
    found = [
        OfferArm(code, percent, yuan and Decimal(yuan), Belief(accepts / WHOLE, 0), Decimal(net))
        for code, percent, yuan, accepts, net, _chance in arms
    ]
    place = next(place for place, arm in enumerate(found) if (arm.method, arm.amount) == (method, amount))
    return Logged(found, [arm[-1] for arm in arms], place, kept)
