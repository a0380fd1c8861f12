"""(h) Which offer at which amount: stores of different buyers, simulated, through the functions that recommend.

Nothing is asked over HTTP or of the database: counts are rolled up in memory, as beat does it, by the ladder's own
functions. What an offer keeps is measured by its expectation, which the simulation knows; what is learnt from is drawn.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from bench.report import Figure

STORES = 20
OFFERS = (500, 2_000)
ROLLED_UP_EVERY = 20  # offers of a store
REASONS = ("slow_logistics", "not_delivered", "minor_flaw", "packaging_damaged")
METHODS_ON = ("reassurance", "coupon", "gift", "partial_refund", "red_packet", "reship")
NOON = datetime(2026, 11, 28, 4, tzinfo=UTC)
OTHER_CEILING = 10  # per cent: the changed policy that is estimated from the log
EACH_SHARE = [percent / 100 for percent in range(2, 61, 2)]  # what the all-knowing agent may offer
# What other offers cost, as a share of the price.
GIVEN = {"coupon": 0.08, "gift": 0.12, "reship": 1.0}

NOTE = (
    "{stores} stores of a marketplace, {offers:,} offers each, {seeds} runs with other buyers each. Whether a buyer "
    "says yes depends on the store, the reason, the price, the method and the share of the price; prices scatter "
    "log-normally around ¥90; reasons are those that recommend several methods. The all-knowing agent knows each "
    "buyer's likelihood and offers any even per cent up to 60; all keep to the methods that the reason recommends, but "
    "for the best fixed method, which is each store's best of all in hindsight. The reason table takes the first "
    "method that it recommends; it, the fixed method and recommending methods only offer the usual share. Sums are of "
    "what offers keep on average from the first on: the sale and what a return costs, less the offer. The range is "
    "that of the runs."
)


@dataclass(frozen=True)
class Buyers:
    """A store's buyers: how they like each method by reason, and how a larger share moves them."""

    likes: Mapping[tuple[str, str], float]
    moved: Mapping[str, float]

    def accept(self, reason: str, method: str, share: float, price: float) -> float:
        """The likelihood of a yes."""
        feeling = self.likes[reason, method] + self.moved[method] * math.log1p(share / 0.05)
        return 1 / (1 + math.exp(0.25 * math.log(price / 90) - feeling))


def buyers_of(stores: int, dice: random.Random) -> list[Buyers]:
    """Different buyers for each store, all like those of one marketplace."""
    scaled = ("partial_refund", "red_packet")
    common = {
        (reason, method): dice.gauss(-1.8 if method in scaled else -0.7, 0.6)
        for reason in REASONS
        for method in METHODS_ON
    }
    return [
        Buyers(
            {key: feeling + dice.gauss(0, 0.5) for key, feeling in common.items()},
            {method: dice.lognormvariate(0.0, 0.35) if method in scaled else 0.0 for method in METHODS_ON},
        )
        for _store in range(stores)
    ]


@dataclass
class Counted:
    """What a store's or the marketplace's roll-up holds, by reason."""

    tallies: dict = field(default_factory=lambda: defaultdict(dict))
    answers: dict = field(default_factory=lambda: defaultdict(dict))

    def add(self, reason: str, method: str, band: int, percent: int, said_yes: bool, given: Decimal) -> None:
        """One answer."""
        from offers.choosing.acceptance import NOBODY, Answers
        from offers.recommendation import Tally

        was = self.tallies[reason].get(method, Tally())
        self.tallies[reason][method] = Tally(was.ended + 1, was.accepted + said_yes)
        place = (method, band, percent)
        self.answers[reason][place] = self.answers[reason].get(place, NOBODY) + Answers(1, int(said_yes), given)


class Stream:
    """One store's refunds, one after the other, the same for every way of choosing."""

    def __init__(self, number: int, buyers: Buyers, dice: random.Random):
        from orders.models import Order
        from refunds.models import Refund
        from stores.marketplaces import current_rules
        from stores.models import Store

        self.buyers, self.dice = buyers, dice
        store = Store(pk=number + 1, code=f"s{number}", marketplace="tmall", site="tmall", tried_percent=10)
        rules = current_rules("tmall")
        versions = {"rules_name": rules.name, "rules_version": rules.version}
        self.order = Order(store=store)
        self.refund = Refund(store=store, order=self.order, kind="return_and_refund", **versions)
        self.own = Counted()
        self.waiting: list[tuple] = []

    def next_situation(self):
        """The next refund as it would be loaded; the same object, for a model takes longer to make than to rank."""
        from offers.situation import Situation

        price = Decimal(round(100 * min(20_000.0, self.dice.lognormvariate(math.log(90), 0.8)))) / 100
        self.order.paid_amount = self.order.claimed_amount = self.refund.amount = price
        self.refund.pk, self.refund.reason = UUID(int=self.dice.getrandbits(128)), self.dice.choice(REASONS)
        situation = Situation(self.refund, NOON)
        situation.most = price
        return situation


@dataclass
class Run:
    """Yuan kept by each way of choosing after so many offers, and the log of ours."""

    kept: dict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))
    log: list = field(default_factory=list)
    changed: list[float] = field(default_factory=list)


def play(seed: int, stores: int = STORES, offers: int = OFFERS[-1]) -> Run:
    """Every store's refunds, in turns, with one seed."""
    from offers.methods import METHODS

    dice, run, everybody, old = random.Random(seed), Run(), Counted(), _Old()
    streams = [
        Stream(number, buyers, random.Random(dice.getrandbits(64)))
        for number, buyers in enumerate(buyers_of(stores, dice))
    ]
    methods = [METHODS[code] for code in METHODS_ON]
    sums: dict[str, float] = defaultdict(float)
    fixed: list[dict[str, float]] = [defaultdict(float) for _ in streams]
    for turn in range(1, offers + 1):
        for number, stream in enumerate(streams):
            situation = stream.next_situation()
            truth = Truth(stream, situation.refund, methods)
            _offer(run, sums, stream, everybody, situation, methods, truth)
            _others(sums, fixed[number], stream, methods, old, truth)
            if turn % ROLLED_UP_EVERY == 0:
                _roll_up(stream, everybody)
        if turn in OFFERS or turn == offers:
            for way, yuan in sums.items():
                run.kept[way, turn] = yuan / turn / stores
            run.kept["fixed", turn] = sum(max(each.values()) for each in fixed) / turn / stores
    return run


def _roll_up(stream: Stream, everybody: Counted) -> None:
    for answer in stream.waiting:
        stream.own.add(*answer)
        everybody.add(*answer)
    stream.waiting.clear()


class Truth:
    """What the simulation knows of one refund: how likely each offer is accepted, and what it keeps on average."""

    def __init__(self, stream: Stream, refund, methods: Sequence):
        from offers.recommendation import kept_by_a_yes

        costs = refund.rules.costs
        self.refund, self.price, self.buyers = refund, float(refund.amount), stream.buyers
        self.keeps = {
            method.code: float(kept_by_a_yes(refund, method, costs))
            - float(costs.outbound_freight if method.sends_parcel else 0)
            for method in methods
        }

    def accepts(self, method: str, share: float) -> float:
        """The likelihood of a yes."""
        return self.buyers.accept(self.refund.reason, method, share, self.price)

    def net(self, method: str, share: float) -> float:
        """Yuan that a yes keeps; without a share, after what else the offer gives."""
        return self.keeps[method] - self.price * (share or GIVEN.get(method, 0.0))

    def worth(self, method: str, share: float) -> float:
        """Yuan that the offer keeps on average."""
        return self.accepts(method, share) * self.net(method, share)


def _offer(run: Run, sums: dict, stream: Stream, everybody: Counted, situation, methods: Sequence, truth: Truth):
    """What is recommended is sent, and answered."""
    from offers.choosing.estimate import Logged, keeping_to
    from offers.choosing.ladder import band_of
    from offers.recommendation import Known, weigh_offers

    refund, reason = situation.refund, situation.refund.reason
    counts = (stream.own.tallies[reason], everybody.tallies[reason])
    known = Known(*counts, stream.own.answers[reason], everybody.answers[reason], refund.rules.costs)
    weighed = weigh_offers(situation, methods, known)
    arms, place = weighed.among, weighed.choice.place
    shares = [0.0 if arm.amount is None else float(arm.amount) / truth.price for arm in arms]
    worth = [truth.worth(arm.method, share) for arm, share in zip(arms, shares, strict=True)]
    sums["ours"] += worth[place]
    arm = arms[place]
    said_yes = stream.dice.random() < truth.accepts(arm.method, shares[place])
    given = Decimal(round(100 * truth.price * (shares[place] or GIVEN.get(arm.method, 0.0)))) / 100
    stream.waiting.append((reason, arm.method, band_of(refund.amount), arm.percent, said_yes, given))
    kept = Decimal(round(100 * truth.net(arm.method, shares[place]))) / 100 if said_yes else Decimal(0)
    run.log.append(Logged(arms, weighed.choice.chances, place, kept))
    policy = keeping_to(OTHER_CEILING, 0)(arms)
    run.changed.append(sum(share * yuan for share, yuan in zip(policy, worth, strict=True)) / sum(policy))


def _others(sums: dict, fixed: dict, stream: Stream, methods: Sequence, old: "_Old", truth: Truth) -> None:
    """The all-knowing agent, the reason table, each method alone, and the recommendation of methods only."""
    from offers.recommendation import CONCERNS

    refund = truth.refund
    suited = [method for method in methods if CONCERNS[refund.reason] in method.suits]
    usual = {method.code: float(method.usual_share or 0) for method in methods}
    sums["knowing"] += max(
        truth.worth(method.code, share)
        for method in suited
        for share in ([0.0] if method.usual_share is None else EACH_SHARE)
    )
    sums["table"] += truth.worth(suited[0].code, usual[suited[0].code])
    for code, share in usual.items():
        fixed[code] += truth.worth(code, share)
    code = old.choose(refund.store_id, refund, suited).code
    sums["methods only"] += truth.worth(code, usual[code])
    old.answered(refund.store_id, refund, code, stream.dice.random() < truth.accepts(code, usual[code]))


class _Old:
    """The recommendation before amounts: the posterior mean of each method, and a tenth that tries the least tried."""

    def __init__(self):
        self.tallies: dict = defaultdict(dict)

    def choose(self, store: int, refund, suited: Sequence):
        from offers.choosing.choice import tries
        from offers.recommendation import Tally, score_of

        own, everybody = self.tallies[store, refund.reason], self.tallies[None, refund.reason]
        if tries(refund.pk, 10):
            return min(suited, key=lambda method: own.get(method.code, Tally()).ended)
        return max(
            suited, key=lambda method: score_of(own.get(method.code, Tally()), everybody.get(method.code, Tally()))
        )

    def answered(self, store: int, refund, code: str, said_yes: bool) -> None:
        from offers.recommendation import Tally

        for who in (store, None):
            tallies = self.tallies[who, refund.reason]
            was = tallies.get(code, Tally())
            tallies[code] = Tally(was.ended + 1, was.accepted + said_yes)


def measure(*, seeds: int, stores: int = STORES, offers: Sequence[int] = OFFERS) -> Iterator[Figure]:
    """Each way beside the all-knowing agent, and the estimate from the log beside the truth."""
    runs = [play(seed, stores, offers[-1]) for seed in range(1, seeds + 1)]
    note = NOTE.format(stores=stores, offers=offers[-1], seeds=seeds)
    for turn in offers:
        of = {
            way: [run.kept[way, turn] for run in runs] for way in ("ours", "knowing", "table", "fixed", "methods only")
        }
        what, last = f"offers: kept of each, {turn:,} a store", turn == offers[-1]
        yield Figure(what, of["ours"], of["knowing"], "all-knowing", "¥", goal=0.9 if last else None, note=note)
        yield Figure(what, of["ours"], of["table"], "the reason table alone", "¥", goal=1.0)
        note = ""
        for way, name in (("table", "reason table"), ("fixed", "best fixed method"), ("methods only", "methods only")):
            yield Figure(f"{what}: {name}", of[way], of["knowing"], "all-knowing", "¥")
    yield _estimated(runs)


def _estimated(runs: Sequence[Run]) -> Figure:
    """A ceiling of the store's own, told from the log of those who had none."""
    from offers.choosing.estimate import estimate, keeping_to

    found = [estimate(run.log, keeping_to(OTHER_CEILING, 0)) for run in runs]
    truth = [sum(run.changed) / len(run.changed) for run in runs]
    held = sum(
        low <= Decimal(true) <= high for (low, high), true in zip((each.ends for each in found), truth, strict=True)
    )
    return Figure(
        f"offers: what a ceiling of {OTHER_CEILING} % would have kept, from the log",
        [float(each.mean) for each in found],
        truth,
        "simulated truth",
        "¥",
        note=f"Doubly robust; the interval of 95 in 100 holds the truth in {held} of {len(runs)} runs "
        f"(margins ¥{min(each.margin for each in found)}–{max(each.margin for each in found)}).",
    )
