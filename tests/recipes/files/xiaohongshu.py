"""Xiaohongshu: offers that keep the order, for whatever has left the warehouse; its stores have no sites."""

from datetime import timedelta

from stores.marketplaces.base import MarketplaceRules

V1 = MarketplaceRules(
    name="xiaohongshu",
    label="Xiaohongshu 小红书",
    version=1,
    merchant_answers_within=timedelta(hours=24),
    offer_methods=("reassurance", "partial_refund"),
    offers_after_shipping_only=True,
    ships_soon_within=timedelta(hours=3),
)

VERSIONS = (V1,)
