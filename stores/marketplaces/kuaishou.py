"""Kuaishou: orders are saved before they ship, small payments settle quarrels (K1–K12), goods may stay with the buyer
when they are refunded (R1–R10)."""

from datetime import timedelta
from decimal import Decimal

from stores.marketplaces.base import MarketplaceRules

V1 = MarketplaceRules(
    name="kuaishou",
    label="快手 Kuaishou",
    version=1,
    rule_letters="KR",
    refund_kinds=frozenset({"refund_only", "return_and_refund", "exchange"}),
    merchant_answers_within=timedelta(hours=48),
    offer_lives=timedelta(hours=24),
    proposes_stay=True,  # K1
    urge_counts_every=timedelta(hours=24),  # K5
    urge_alert_at=10,  # K6
    payment_window=timedelta(days=365),  # K8
    payment_limit=Decimal("1000.00"),  # K9
    payments_per_order=3,  # K9
    store_day_limit=Decimal("100000.00"),  # K10
    returnless_version="3.0",  # R2, R8
)

VERSIONS = (V1,)
