"""Pinduoduo: the full return flow and quality figures (P1–P8)."""

from datetime import timedelta
from decimal import Decimal

from stores.marketplaces.base import MarketplaceRules, QualityThreshold

V1 = MarketplaceRules(
    name="pinduoduo",
    label="拼多多 Pinduoduo",
    version=1,
    rule_letters="P",
    refund_kinds=frozenset({"refund_only", "return_and_refund", "exchange"}),
    no_reason_window=timedelta(days=7),  # P3
    refunds_before_pickup=True,  # P2
    recalls_in_transit=True,  # P4
    recall_ends_within=timedelta(days=3),
    ships_within=timedelta(hours=24),  # P8
    instant_refund_credit_score=700,  # P5
    instant_refund_for_vip=True,  # P5
    quality_policy="by_application",  # P6
    quality_thresholds=(  # P7
        QualityThreshold(step="demotion", rate=Decimal("0.0300"), minimum=5),
        QualityThreshold(step="no_new_listings", rate=Decimal("0.0500"), minimum=10),
        QualityThreshold(step="products_off", rate=Decimal("0.1000"), minimum=20),
    ),
)

VERSIONS = (V1,)
