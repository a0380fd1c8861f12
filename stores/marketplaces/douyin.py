"""Douyin Shop: returns and exchanges; what its documents leave open is a default."""

from stores.marketplaces.base import MarketplaceRules

V1 = MarketplaceRules(
    name="douyin",
    label="抖店 Douyin",
    version=1,
    refund_kinds=frozenset({"refund_only", "return_and_refund", "exchange"}),
)

VERSIONS = (V1,)
