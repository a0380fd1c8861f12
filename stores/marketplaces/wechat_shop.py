"""WeChat Shop: returns and exchanges; what its documents leave open is a default."""

from datetime import timedelta

from stores.marketplaces.base import MarketplaceRules

V1 = MarketplaceRules(
    name="wechat_shop",
    label="微信小店 WeChat Shop",
    version=1,
    refund_kinds=frozenset({"refund_only", "return_and_refund", "exchange"}),
    buyer_disputes_within=timedelta(days=7),  # after a refusal, which is not the end there
)

VERSIONS = (V1,)
