"""Tmall: retention offers of seven methods (Q1–Q17)."""

from datetime import timedelta

from stores.marketplaces.base import MarketplaceRules

V1 = MarketplaceRules(
    name="tmall",
    label="Tmall 天猫",
    version=1,
    merchant_answers_within=timedelta(hours=48),
    offer_lives=timedelta(hours=24),
    offers_per_refund=2,  # Q8
    offer_message_length=50,  # Q5
)

VERSIONS = (V1,)
