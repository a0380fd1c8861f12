"""The shape of a marketplace's rule file: numbers, sets and choices, no code."""

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
class QualityThreshold:
    """A step against a store: it holds while the rate is above `rate` and at least `minimum` refunds were counted (P7)."""

    step: str
    rate: Decimal
    minimum: int


@dataclass(frozen=True, kw_only=True)
class MarketplaceRules:
    """What one version of a marketplace's rules says. Defaults are those that the sources leave open.

    A refund keeps the name and version that it was opened under; a changed rule is a new version.
    """

    name: str
    label: str
    version: int

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

    # Clocks: who must act, how long, and what happens when they don't (P1, T10).
    merchant_answers_within: timedelta = timedelta(hours=48)  # then approved
    buyer_ships_return_within: timedelta = timedelta(days=7)  # then closed
    merchant_inspects_within: timedelta = timedelta(days=10)  # then refunded, or exchanged
    recall_ends_within: timedelta = timedelta(days=3)  # then refunded, wherever the parcel is (P4)
    buyer_disputes_within: timedelta = timedelta(days=7)  # then closed
    offer_lives: timedelta | None = timedelta(hours=24)  # never beyond the refund's own deadline; None: until then (T7)
    evidence_within: timedelta = timedelta(days=3)  # then neither side may add any
    resubmissions: int = 3
    ships_within: timedelta = timedelta(hours=48)
    ships_soon_within: timedelta = timedelta(hours=6)  # before the deadline an order counts as late soon (P8)
    delay_reaches: timedelta = timedelta(days=90)  # how far a delay report may move it (K4)

    # Offers.
    offer_methods: tuple[str, ...] = ()
    offers_per_refund: int = 2
    offer_message_length: int = 50
    # Products in these categories can't be negotiated about (T1).
    fresh_categories: frozenset[str] = frozenset()
    # Only shipped goods, in categories that the operator has opened, in stores of these sites (Q1, Q2).
    retains_shipped_only: bool = False
    retention_sites: frozenset[str] = frozenset()
    coupons_shown: int = 10  # Q14
    red_packet_limit: Decimal = Decimal("200.00")
    # What is promised on top of an order (a gift, a reship, an exchange) is a parcel with a deadline (Q16).
    promise_ships_within: timedelta = timedelta(hours=48)  # then late
    promise_escalates_after: timedelta = timedelta(hours=24)  # then the platform is told

    # Order saving before shipping: the platform answers a refund with a proposal to stay (K1); buyers may urge (K5, K6).
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
