"""Tmall: retention offers of seven methods (Q1–Q17)."""

from datetime import timedelta
from decimal import Decimal

from stores.marketplaces.base import MarketplaceRules, Site

V1 = MarketplaceRules(
    name="tmall",
    label="天猫 Tmall",
    version=1,
    rule_letters="Q",
    sites=(  # Q2
        Site(code="tmall", label="天猫 Tmall"),
        Site(code="tmall_overseas", label="天猫国际 Tmall overseas", offers=False),
        Site(code="taobao", label="淘宝 Taobao", offers=False),
    ),
    refund_kinds=frozenset({"refund_only", "return_and_refund", "exchange"}),
    merchant_answers_within=timedelta(hours=48),
    offer_lives=timedelta(hours=24),
    offers_per_refund=2,  # Q8
    offer_message_length=50,  # Q5
    offer_methods=("reassurance", "coupon", "exchange", "gift", "partial_refund", "reship", "red_packet"),  # Q4
    offers_after_shipping_only=True,  # Q1
    offers_in_open_categories_only=True,  # Q2
    coupons_shown=10,  # Q14
    red_packet_limit=Decimal("200.00"),
    promise_ships_within=timedelta(hours=48),  # Q16
    promise_escalates_after=timedelta(hours=24),
)

VERSIONS = (V1,)
