"""The numbers of the rulebook, written down a second time: this side must not read ours."""

from dataclasses import dataclass
from datetime import timedelta

HOURS = timedelta(hours=1)
DAYS = timedelta(days=1)


@dataclass(frozen=True)
class Numbers:
    """What one marketplace grants; times are timedeltas, amounts cents."""

    answers: timedelta = 48 * HOURS
    sends_return: timedelta = 7 * DAYS
    inspects: timedelta = 10 * DAYS
    disputes: timedelta = 7 * DAYS
    recalls: timedelta = 3 * DAYS
    offer_lives: timedelta | None = 24 * HOURS  # None: as long as the refund's clock runs (T7)
    offers: int = 0
    methods: tuple[str, ...] = ()
    resubmits: int = 3
    red_packet: int = 200_00
    stays: bool = False  # K1
    at_once: bool = False  # P2, P5
    credit: int = 700
    per_payment: int = 1000_00  # K9
    per_order: int = 3  # K9
    per_day: int = 100_000_00  # K10
    window: timedelta = 365 * DAYS  # K8
    pays_small: bool = False
    appeals: timedelta = 15 * DAYS  # P5
    exchanges: bool = True
    coupons: int = 0  # how many of the one coupon that the stores here have
    budget: int = 0  # R2: what the service budget begins with
    threshold: int = 40_00  # R5: below it a budget tops up by itself,
    top_up: int = 60_00  # by so much
    # Q18: what the stores here say that a refund costs them: work, and a parcel that comes back; then what the product
    # and the coupon cost that they promise.
    work: int = 5_52 + 75
    parcel: int = 9_00 + 3_50
    product: int = 59_00
    coupon: int = 5_00


MARKETPLACES = {
    "taote": Numbers(
        answers=36 * HOURS,
        offer_lives=None,
        offers=1,
        methods=("change_to_refund_only", "change_to_return"),
        exchanges=False,
    ),
    "tmall": Numbers(
        offers=2, methods=("reassurance", "partial_refund", "red_packet", "gift", "reship", "coupon"), coupons=2
    ),
    "kuaishou": Numbers(stays=True, pays_small=True, budget=150_00),
    "pinduoduo": Numbers(at_once=True),
    "wechat_shop": Numbers(),
    "douyin": Numbers(),
}
