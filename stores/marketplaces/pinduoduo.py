"""Pinduoduo: the full return flow and quality figures (P1–P8)."""

from datetime import timedelta

from stores.marketplaces.base import MarketplaceRules

V1 = MarketplaceRules(
    name="pinduoduo",
    label="Pinduoduo 拼多多",
    version=1,
    refund_kinds=frozenset({"refund_only", "return_and_refund", "exchange"}),
    no_reason_window=timedelta(days=7),  # P3
    refunds_before_pickup=True,  # P2
    recalls_in_transit=True,  # P4
    recall_ends_within=timedelta(days=3),
    ships_within=timedelta(hours=24),  # P8
)

VERSIONS = (V1,)
