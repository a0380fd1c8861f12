"""What this room's tables keep of a buyer: what was offered to whom."""

from common.personal import Held, Holding, buyer
from offers.models import (
    Acceptance,
    Advice,
    AmountAcceptance,
    BulkJob,
    BulkRow,
    CostRates,
    Coupon,
    CouponGrant,
    DailyLoss,
    DailyRetention,
    LossOutcome,
    Offer,
    OfferCoupon,
    RetentionTotal,
    RolledUpOffer,
    StoreMethod,
)

HOLDINGS = (
    Holding(
        Offer,
        order="refund__order",
        held={"message": Held("what the agent wrote to the buyer with the offer")},
        nobody=("once_as", "sent_by", "sent_by_kind", "sent_by_label"),
    ),
    Holding(
        CouponGrant,
        order="order",
        held={"buyer_id": Held("who holds the coupon", buyer)},
        nobody=("granted_by",),
    ),
    Holding(BulkRow, nobody=("last_error", "why", "detail")),
    Holding(BulkJob, nobody=("actor", "language")),
    Holding(Coupon, nobody=("name",)),
    Holding(OfferCoupon),
    Holding(CostRates, nobody=("set_by",)),
    Holding(RolledUpOffer),
    Holding(DailyRetention, nobody=("method", "agent", "agent_label")),
    Holding(RetentionTotal, nobody=("part", "key", "label")),
    Holding(DailyLoss),
    Holding(LossOutcome),
    Holding(Acceptance, nobody=("method",)),
    Holding(AmountAcceptance, nobody=("method",)),
    Holding(Advice, nobody=("method", "arms")),
    Holding(StoreMethod),
)
