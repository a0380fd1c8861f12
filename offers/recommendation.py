"""Which offer first, at which amount: the reason decides, what buyers accepted refines it, a share explores (Q11).

An option's score is the share of buyers who are believed to accept it, and among the methods that the reason recommends
the one that is expected to keep most money comes first (docs/adr/0007, docs/adr/0082).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.at_once import read_at_once
from common.money import ZERO
from common.words import joined
from offers.choosing.acceptance import NOBODY, Answers, Belief, Counts, Level, believe, first_curve
from offers.choosing.choice import OfferArm, OfferChoice, average_cost, best_of, choose_arm
from offers.choosing.ladder import BANDS, NO_SHARE, PERCENTS, band_of, nearest_percent, share_in_yuan
from offers.choosing.words import why_this_amount
from offers.methods import BuyerConcern, Method, Situation
from offers.models import Acceptance, AmountAcceptance, CostRates, MarketplaceAcceptance, MarketplaceAmountAcceptance
from refunds.models import Refund
from refunds.states import RefundKind, RefundReason
from stores.marketplaces import Costs

PRIOR_STRENGTH = 10
# A share's own answers, in all bands and in one, on those of the level before.
SHARE_STRENGTH = 15
BAND_STRENGTH = 30

CONCERNS: Mapping[str, BuyerConcern] = {
    RefundReason.SLOW_LOGISTICS: BuyerConcern.LOGISTICS,
    RefundReason.NOT_DELIVERED: BuyerConcern.LOGISTICS,
    RefundReason.SELLER_DELAY: BuyerConcern.LOGISTICS,
    RefundReason.MINOR_FLAW: BuyerConcern.FLAW,
    RefundReason.PACKAGING_DAMAGED: BuyerConcern.FLAW,
    RefundReason.PARCEL_LOST: BuyerConcern.MISSING,
    RefundReason.MISSING_PARTS: BuyerConcern.MISSING,
}
CONCERN_NAMES: Mapping[BuyerConcern, str] = {
    BuyerConcern.LOGISTICS: gettext_lazy("Logistics reason"),
    BuyerConcern.FLAW: gettext_lazy("Small flaw or damaged packaging"),
    BuyerConcern.MISSING: gettext_lazy("Lost or missing parts"),
}


@dataclass(frozen=True)
class Tally:
    """Ended offers, and how many of them were accepted."""

    ended: int = 0
    accepted: int = 0

    @property
    def percent(self) -> int | None:
        """How many of a hundred were accepted; None when none has ended: nobody knows."""
        return round(100 * self.accepted / self.ended) if self.ended else None


# By method, price band and per cent of the ladder.
AnswersBy = Mapping[tuple[str, int, int], Answers]


@dataclass(frozen=True)
class Known:
    """What buyers answered for a reason, the store's and the whole marketplace's, and what things cost the store."""

    own: Mapping[str, Tally] = field(default_factory=dict)
    marketplace: Mapping[str, Tally] = field(default_factory=dict)
    own_answers: AnswersBy = field(default_factory=dict)
    all_answers: AnswersBy = field(default_factory=dict)
    costs: Costs = field(default_factory=Costs)


@dataclass(frozen=True)
class Option:
    """A method that is possible now, at the amount (yuan) that is recommended for it, if it has one.

    `score` is the share of buyers expected to accept, 0–1; `expected` the yuan that it keeps on average; `own` is what
    this store's buyers answered so far.
    """

    method: Method
    recommended: bool
    score: float
    why: str
    own: Tally
    amount: Decimal | None = None
    amount_why: str = ""
    expected: Decimal = ZERO


@dataclass(frozen=True)
class Ranking:
    """The options, the first of which was chosen among the `arms`; `choice` is None where nothing is possible."""

    options: list[Option]
    arms: list[OfferArm]
    choice: OfferChoice | None


def score_of(own: Tally, marketplace: Tally) -> float:
    """The posterior mean of acceptance. The marketplace's own prior is Beta(1, 1), so that no data gives one half."""
    prior = (marketplace.accepted + 1) / (marketplace.ended + 2)
    return (own.accepted + PRIOR_STRENGTH * prior) / (own.ended + PRIOR_STRENGTH)


def recommend(situation: Situation, methods: Sequence[Method]) -> list[Option]:
    """The possible methods, the recommended ones first, what keeps most before others, each with its reason in words.

    Amounts stay within what the situation's actor may give away at once.
    """
    return ranking_of(situation, methods).options


def ranking_of(situation: Situation, methods: Sequence[Method]) -> Ranking:
    """The same with everything that it was chosen from. One statement; another where the store has a ceiling."""
    return rank(situation, methods, known_about(situation.refund), situation.offer_ceiling) if methods else EMPTY


EMPTY = Ranking([], [], None)


def known_about(refund: Refund) -> Known:
    """What is known for the refund's reason, in one statement."""
    own = Acceptance.objects.for_store(refund.store_id).filter(reason=refund.reason)
    marketplace = MarketplaceAcceptance.objects.filter(marketplace=refund.rules.name, reason=refund.reason)
    tallies = [rows.values_list("method", "ended", "accepted") for rows in (own, marketplace)]
    own_answers = AmountAcceptance.objects.for_store(refund.store_id).filter(reason=refund.reason)
    all_answers = MarketplaceAmountAcceptance.objects.filter(marketplace=refund.rules.name, reason=refund.reason)
    columns = ("method", "band", "percent", "ended", "accepted", "given")
    answers = [rows.values_list(*columns) for rows in (own_answers, all_answers)]
    rates = CostRates.objects.for_store(refund.store_id).newest_first()[:1]
    read_at_once(*tallies, *answers, rates)
    costs = next((own_rates.costs for own_rates in rates), refund.rules.costs)
    return Known(*map(_tallies, tallies), *map(_answers, answers), costs)


@dataclass(frozen=True)
class WeighedArms:
    """The arms of each method in the order of the methods, those among which one was chosen, and the choice."""

    by_method: list[list[OfferArm]]
    among: list[OfferArm]
    choice: OfferChoice


def weigh_offers(
    situation: Situation, methods: Sequence[Method], known: Known, most: Decimal | None = None
) -> WeighedArms:
    """Choose among the methods that the reason recommends, or else among all of them; there is at least one."""
    concern = CONCERNS.get(situation.refund.reason)
    by_method = [arms_of(situation, method, known, most) for method in methods]
    suited = [arms for method, arms in zip(methods, by_method, strict=True) if concern in method.suits] or by_method
    among = [arm for arms in suited for arm in arms]
    return WeighedArms(by_method, among, choose_arm(among, situation.refund.pk, situation.refund.store.tried_percent))


def rank(situation: Situation, methods: Sequence[Method], known: Known, most: Decimal | None = None) -> Ranking:
    """The same from what is known, with the reasons in words. No amount is above `most` yuan."""
    weighed = weigh_offers(situation, methods, known, most)
    concern = CONCERNS.get(situation.refund.reason)
    options = []
    for method, arms in zip(methods, weighed.by_method, strict=True):
        own = known.own.get(method.code, Tally())
        why = _explain(situation, method, own, concern)
        options.append(_option(method, arms[best_of(arms)], arms, known, recommended=concern in method.suits, why=why))
    options.sort(key=lambda option: (not option.recommended, -option.expected))
    # Also where nothing is tried: of options that keep the same to the cent, the cheaper one was chosen.
    _put_first(options, weighed, known)
    return Ranking(options, weighed.among, weighed.choice)


def arms_of(situation: Situation, method: Method, known: Known, most: Decimal | None = None) -> list[OfferArm]:
    """The method at each amount of the ladder that the rules, the order and the ceilings allow; at least one arm."""
    refund = situation.refund
    keeps = kept_by_a_yes(refund, method, known.costs)
    base = score_of(known.own.get(method.code, Tally()), known.marketplace.get(method.code, Tally()))
    amounts = _amounts(situation, method, most)
    percents = list(amounts) if method.usual_share is None else list(PERCENTS)
    beliefs = _beliefs(method, percents, base, known, band_of(refund.amount))
    parcel = known.costs.outbound_freight if method.sends_parcel else ZERO
    if method.usual_share is None:
        answers = known.own_answers.get((method.code, band_of(refund.amount), NO_SHARE), NOBODY)
        cost = average_cost(answers, refund.amount * method.usual_worth) + parcel
        return [OfferArm(method.code, NO_SHARE, None, beliefs[NO_SHARE], keeps - cost)]
    return [
        OfferArm(method.code, percent, amount, beliefs[percent], keeps - amount - parcel)
        for percent, amount in amounts.items()
    ]


def kept_by_a_yes(refund: Refund, method: Method, costs: Costs) -> Decimal:
    """Yuan that a yes keeps before what it costs: the sale, and what a return would cost, as figures count (Q18)."""
    spared = ZERO
    if method.ends_work:
        spared += costs.agent_time + costs.consultation
        if method.spares_return and refund.kind != RefundKind.REFUND_ONLY:
            spared += costs.return_freight + costs.handling
    return (ZERO if method.changes_refund else refund.amount) + spared


def _amounts(situation: Situation, method: Method, most: Decimal | None) -> dict[int, Decimal | None]:
    """Yuan by share, each amount once, the smallest share that comes to it."""
    if method.usual_share is None:
        return {NO_SHARE: None}
    asked, store = situation.refund.amount, situation.refund.store
    top = asked if most is None else min(asked, most)
    if store.most_offered_percent is not None:
        top = min(top, share_in_yuan(asked, store.most_offered_percent))
    found: dict[int, Decimal | None] = {}
    own = share_in_yuan(
        asked, round(100 * method.usual_share)
    )  # stands for the share of the ladder that it is nearest to
    for percent in PERCENTS:
        amount = own if percent == nearest_percent(own, asked) else share_in_yuan(asked, percent)
        if amount <= top and method.why_above(situation, amount) is None and amount not in found.values():
            found[percent] = amount
    if not found:  # nothing of the ladder is left: what is
        amount = min(top, method.usual(situation))
        found[nearest_percent(amount, asked)] = amount
    return found


def _beliefs(method: Method, percents: Sequence[int], base: float, known: Known, band: int) -> dict[int, Belief]:
    """From everybody's answers to the store's own in the price band; `base` has counted the pooled ones."""
    levels = []
    for answers in (known.all_answers, known.own_answers):
        if method.usual_share is not None:
            found = ((percent, answers.get((method.code, each, percent))) for each in BANDS for percent in percents)
            together: dict[int, Answers] = {}
            for percent, counted in found:
                if counted is not None:
                    together[percent] = together[percent] + counted if percent in together else counted
            levels.append(Level(together, SHARE_STRENGTH))
        levels.append(Level(_counts(answers, method.code, band, percents), BAND_STRENGTH))
    return believe(percents, first_curve(percents, method.usual_share, base), levels)


def _counts(answers: AnswersBy, code: str, band: int, percents: Sequence[int]) -> Counts:
    return {percent: answers.get((code, band, percent), NOBODY) for percent in percents}


def _option(
    method: Method,
    arm: OfferArm,
    arms: Sequence[OfferArm],
    known: Known,
    *,
    recommended: bool,
    why: str,
    was_tried: bool = False,
) -> Option:
    """The method at one of its arms."""
    answered = any(code == method.code for code, _band, _percent in known.all_answers)
    return Option(
        method=method,
        recommended=recommended,
        score=arm.belief.accepts,
        why=why,
        own=known.own.get(method.code, Tally()),
        amount=arm.amount,
        amount_why="" if arm.amount is None else why_this_amount(arm, arms, answered=answered, was_tried=was_tried),
        expected=arm.expected,
    )


def _put_first(options: list[Option], weighed: WeighedArms, known: Known) -> None:
    """Put what was chosen in front."""
    arm = weighed.among[weighed.choice.place]
    place = next(place for place, option in enumerate(options) if option.method.code == arm.method)
    arms = next(arms for arms in weighed.by_method if arms[0].method == arm.method)
    was, tried = options.pop(place), weighed.choice.was_tried
    chosen = _option(was.method, arm, arms, known, recommended=was.recommended, why=was.why, was_tried=tried)
    options.insert(0, chosen)


def _tallies(rows: Iterable[tuple[str, int, int]]) -> dict[str, Tally]:
    return {method: Tally(ended, accepted) for method, ended, accepted in rows}


def _answers(rows: Iterable[tuple[str, int, int, int, int, Decimal]]) -> dict[tuple[str, int, int], Answers]:
    return {(method, band, percent): Answers(*counts) for method, band, percent, *counts in rows}


def _explain(situation: Situation, method: Method, own: Tally, concern: BuyerConcern | None) -> str:
    reason = str(CONCERN_NAMES[concern]) if concern in method.suits else situation.refund.get_reason_display()
    parts = [reason, method.why(situation)]
    if own.ended:
        parts.append(_("%(accepted)d of %(ended)d accepted") % {"accepted": own.accepted, "ended": own.ended})
    return joined(part.rstrip(".。") for part in parts)


def is_first(ranking: Ranking, method: str, amount: Decimal | None) -> bool:
    """Whether this is what was recommended first."""
    chosen = ranking.arms[ranking.choice.place] if ranking.choice else None
    return chosen is not None and chosen.method == method and chosen.amount in (None, amount)
