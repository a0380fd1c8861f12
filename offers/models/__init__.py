"""Offers, coupons, the switches of methods, and how often each method was accepted."""

from offers.models.bulk import BulkJob, BulkRow, RowStatus
from offers.models.coupons import BY_HAND, Channel, Coupon, CouponGrant, OfferCoupon
from offers.models.insights import CostRates, DailyLoss, DailyRetention, Outcome
from offers.models.offers import NEGOTIATIONS, MethodCode, Offer, OfferStatus
from offers.models.statistics import Acceptance, MarketplaceAcceptance
from offers.models.switches import MarketplaceMethod, StoreMethod

__all__ = [
    "BY_HAND",
    "NEGOTIATIONS",
    "Acceptance",
    "BulkJob",
    "BulkRow",
    "Channel",
    "CostRates",
    "Coupon",
    "CouponGrant",
    "DailyLoss",
    "DailyRetention",
    "MarketplaceAcceptance",
    "MarketplaceMethod",
    "MethodCode",
    "Offer",
    "OfferCoupon",
    "OfferStatus",
    "Outcome",
    "RowStatus",
    "StoreMethod",
]
