"""Offers, coupons, the switches of methods, and how often each method was accepted.

offers and coupons are what merchants make; bulk (jobs and rows), switches (what is on since when). Counted: statistics
for the recommendation, insights for money kept (totals: the triggers that keep its sums).
"""

from offers.models.bulk import BulkJob, BulkRow
from offers.models.coupons import Coupon, CouponGrant, OfferCoupon
from offers.models.insights import CostRates, DailyLoss, DailyRetention, LossOutcome, RetentionTotal, RolledUpOffer
from offers.models.offers import Offer
from offers.models.statistics import (
    Acceptance,
    Advice,
    AmountAcceptance,
    MarketplaceAcceptance,
    MarketplaceAmountAcceptance,
)
from offers.models.switches import MarketplaceMethod, StoreMethod

__all__ = [
    "Acceptance",
    "Advice",
    "AmountAcceptance",
    "BulkJob",
    "BulkRow",
    "CostRates",
    "Coupon",
    "CouponGrant",
    "DailyLoss",
    "DailyRetention",
    "LossOutcome",
    "MarketplaceAcceptance",
    "MarketplaceAmountAcceptance",
    "MarketplaceMethod",
    "Offer",
    "OfferCoupon",
    "RetentionTotal",
    "RolledUpOffer",
    "StoreMethod",
]
