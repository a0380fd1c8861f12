"""The shape of a marketplace's rule file: numbers, sets and choices, no code.

What makes one marketplace differ from another is a field here, and code asks for the field, never for the name.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What lies behind a refund beside its amount, in yuan (Q18, K12); a store sets rates of its own."""

    return_freight: Decimal = Decimal("8.00")
    handling: Decimal = Decimal("4.00")  # a return received, inspected and put back
    agent_minutes: int = 8  # an agent's work on a case …
    agent_hourly: Decimal = Decimal("30.00")  # … and what an hour of it costs
    consultation: Decimal = Decimal("1.00")  # the talk with the buyer: lines, licences, robots
    acquisition: Decimal = Decimal("15.00")  # winning the order: advertising, commission
    outbound_freight: Decimal = Decimal("6.00")
    stock_loss_percent: Decimal = Decimal("10.00")  # of the goods' value, when they have left the warehouse

    @property
    def agent_time(self) -> Decimal:
        """Yuan of an agent's work on one case."""
        return (self.agent_minutes * self.agent_hourly / 60).quantize(CENT, rounding="ROUND_HALF_UP")


@dataclass(frozen=True, kw_only=True)
class SuggestionRules:
    """What speaks for whom in a dispute, and how much (R7). A suggestion is advice: a person decides.

    Points are added up: from `decide_from` on the buyer is suggested, from its negative on the merchant, in
    between a split.
    """

    decide_from: int = 3

    good_credit: int = 700  # a score from here on speaks for the buyer
    poor_credit: int = 550  # one below here for the merchant
    credit_points: int = 2
    vip_points: int = 1

    small_amount: Decimal = Decimal("30.00")  # up to here a quarrel costs more than it is worth
    large_amount: Decimal = Decimal("500.00")  # from here on nothing is given without proof
    amount_points: int = 1

    sellers_fault: frozenset[str] = frozenset(
        {
            *("not_delivered", "parcel_lost", "seller_delay", "slow_logistics", "missing_parts"),
            *("wrong_item", "quality", "not_as_described", "packaging_damaged", "minor_flaw"),
        }
    )
    buyers_choice: frozenset[str] = frozenset({"changed_mind", "wrong_purchase", "wrong_address"})
    reason_points: int = 2

    evidence_points: int = 2  # for the side that alone has shown something
    declined_offer_points: int = -1  # the buyer declined what the merchant offered (Q17)
    silent_merchant_points: int = 1  # the merchant offered nothing at all

    frequent_refunds: int = 5  # refunds of this buyer in this store within the history
    frequent_points: int = -1
    history: timedelta = timedelta(days=180)
    disputes_points: int = 1  # for the side that won more of the earlier disputes of this buyer or this store

    split_share: Decimal = Decimal("0.50")  # of the amount, when neither side is ahead


@dataclass(frozen=True, kw_only=True)
class QualityThreshold:
    """A step against a store: it holds while the rate is above `rate` and `minimum` or more refunds count (P7)."""

    step: str
    rate: Decimal
    minimum: int


@dataclass(frozen=True, kw_only=True)
class Site:
    """A part of a marketplace that a store belongs to, where that decides something."""

    code: str
    label: str  # in both languages, the Chinese one first: `common.words.in_one_language`
    offers: bool = True  # whether its stores may keep refunds by offers (Q2)


@dataclass(frozen=True, kw_only=True)
class MarketplaceRules:
    """What one version of a marketplace's rules says. Defaults are those that the sources leave open.

    A refund keeps the name and version that it was opened under; a changed rule is a new version.
    """

    name: str
    label: str  # in both languages, the Chinese one first: `common.words.in_one_language`
    version: int
    # The first letters of the ids of the rules that are this marketplace's own: only those are named to people.
    rule_letters: str = ""

    # The parts of the marketplace; a store is on the first when nothing is said. Empty where there are no parts.
    sites: tuple[Site, ...] = ()

    # Refund kinds a buyer may ask for.
    refund_kinds: frozenset[str] = frozenset({"refund_only", "return_and_refund"})
    # A buyer may ask this long after the goods were received.
    after_sale_window: timedelta = timedelta(days=15)
    # "7 days, no reason" may be asked this long after the goods were received; other reasons longer (P3).
    no_reason_window: timedelta = timedelta(days=7)
    # Refund-only for goods that the carrier doesn't have yet is paid at once, and the shipment stopped (P2).
    refunds_before_pickup: bool = False
    # Refund-only for goods in transit waits for the parcel to be called back (P4).
    recalls_in_transit: bool = False

    # A refund for a lost parcel opens a claim against the carrier for what was in it (P3).
    claims_lost_parcels: bool = True

    # Clocks: who must act, how long, and what happens when they don't (P1, T10).
    merchant_answers_within: timedelta = timedelta(hours=48)  # then approved
    buyer_ships_return_within: timedelta = timedelta(days=7)  # then closed
    merchant_inspects_within: timedelta = timedelta(days=10)  # then refunded, or exchanged
    recall_ends_within: timedelta = timedelta(days=3)  # then refunded, wherever the parcel is (P4)
    buyer_disputes_within: timedelta = timedelta(days=7)  # then closed
    offer_lives: timedelta | None = timedelta(hours=24)  # never beyond the refund's own deadline; None: until then (T7)
    evidence_within: timedelta = timedelta(days=3)  # then neither side may add any
    evidence_per_side: int = 10
    appeal_within: timedelta = timedelta(days=15)  # P5
    resubmissions: int = 3
    ships_within: timedelta = timedelta(hours=48)
    ships_soon_within: timedelta = timedelta(hours=6)  # before the deadline an order counts as late soon (P8)
    delay_reaches: timedelta = timedelta(days=90)  # how far a delay report may move it (K4)

    # Buyers whom the platform refunds at once: from this credit score on, or VIP (P5). None and False: nobody.
    instant_refund_credit_score: int | None = None
    instant_refund_for_vip: bool = False

    # What a suggested decision weighs (R7). Points speak for the buyer when positive, for the merchant when negative.
    suggestion: SuggestionRules = SuggestionRules()

    # Offers.
    offer_methods: tuple[str, ...] = ()
    offers_per_refund: int = 2
    offer_message_length: int = 50
    # Products in these categories can't be negotiated about (T1).
    fresh_categories: frozenset[str] = frozenset()
    # What offers may be made for: goods that have left (Q1), these kinds of refunds, these categories (Q2).
    offers_after_shipping_only: bool = False
    offers_for_kinds: frozenset[str] = frozenset({"refund_only", "return_and_refund"})
    offers_in_open_categories_only: bool = False  # those that the operator has opened
    coupons_shown: int = 10  # Q14
    # Coupons that were granted for keeping an order end once all its money is refunded; else they stay the buyer's.
    coupons_end_with_refund: bool = False
    red_packet_limit: Decimal = Decimal("200.00")
    # What is promised on top of an order (a gift, a reship, an exchange) is a parcel with a deadline (Q16).
    promise_ships_within: timedelta = timedelta(hours=48)  # then late
    promise_escalates_after: timedelta = timedelta(hours=24)  # then the platform is told

    # Order saving before shipping: the platform answers a refund with a proposal to stay (K1); buyers may urge
    # (K5, K6).
    proposes_stay: bool = False
    urge_counts_every: timedelta = timedelta(hours=24)  # a buyer who urges more often is counted once
    urge_alert_at: int = 10  # so many urged orders interrupt the desk, unless the store sets another number

    # Money kept (Q18, K12): rates of a store that has set none, and how long a kept sale may still be lost again.
    costs: Costs = Costs()
    retention_holds: timedelta = timedelta(days=30)

    # Small payments (K8–K10).
    payment_window: timedelta = timedelta(days=365)
    payment_limit: Decimal = Decimal("1000.00")
    payments_per_order: int = 3
    store_day_limit: Decimal = Decimal("100000.00")

    # Quality refunds (P6): what counts, and when. `by_application`: the buyer's first word; `verified_fault`: when the
    # merchant or the platform has found the buyer right.
    quality_reasons: frozenset[str] = frozenset({"quality", "not_as_described"})
    quality_policy: str = "by_application"
    quality_window_days: int = 30
    # From the mildest step to the hardest; a marketplace without any only shows the figures (P7).
    quality_thresholds: tuple[QualityThreshold, ...] = ()

    # The shopping-experience stars: five, less what each rate of the window costs, never below the least.
    stars_least: Decimal = Decimal("1.00")
    stars_per_quality_rate: Decimal = Decimal(20)  # a rate of 5 % costs one star
    stars_per_late_rate: Decimal = Decimal(10)  # 10 % of the orders shipped late cost one star
    stars_per_dispute_rate: Decimal = Decimal(50)  # disputes lost about 2 % of the orders cost one star

    # The version of refund without return that stores may join; empty where there is none (R2).
    returnless_version: str = ""

    def offers_on(self, site: str) -> bool:
        """Whether stores of this site may make offers at all (Q2); where there are no sites, all of them."""
        return not self.sites or any(each.code == site and each.offers for each in self.sites)

    def site_label(self, site: str) -> str:
        """What a site is called; empty for one that the marketplace doesn't have."""
        return next((each.label for each in self.sites if each.code == site), "")
