"""Taote: a refund may be changed once by negotiation; the clock is short and never pauses (T1–T11)."""

from datetime import timedelta

from stores.marketplaces.base import MarketplaceRules

V1 = MarketplaceRules(
    name="taote",
    label="淘特 Taote",
    version=1,
    rule_letters="T",
    merchant_answers_within=timedelta(hours=36),  # T10
    offer_lives=None,  # T7: as long as the refund's clock runs
    offer_methods=("change_to_refund_only", "change_to_return"),  # T5, T6
    offers_per_refund=1,  # T4
    # T1. 50050359 seafood, meat, vegetables, fruit, cooked food 水产肉类/新鲜蔬果/熟食; 50025680 fresh fruit 新鲜水果;
    # 201379903 fresh milk and chilled drinks 低温乳品/冷藏饮品
    fresh_categories=frozenset({"50050359", "50025680", "201379903"}),
)

VERSIONS = (V1,)
