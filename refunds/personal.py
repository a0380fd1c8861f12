"""What this room's tables keep of a buyer: what was asked, written and shown about a refund."""

from common.personal import Held, Holding, buyers_own
from orders.personal import TRACKING
from refunds.models import (
    Appeal,
    Assignment,
    CarrierClaim,
    ChangedDay,
    CoveredProduct,
    DecisionJob,
    DecisionRow,
    Dispute,
    Enrolment,
    Evidence,
    EvidencePack,
    LiveSession,
    Message,
    Note,
    QualityDay,
    QualityRefund,
    QualityRestriction,
    Refund,
    RefundLine,
)
from refunds.states import CaseSide, MessageSender

PLEA = Held("what the side that opened it says")
GROUNDS = Held("why the platform decided so")

HOLDINGS = (
    Holding(
        Refund,
        order="order",
        held={
            "description": Held("why the buyer asks, in their words"),
            "rejection_reason": Held("why the merchant refused"),
            "inspection_note": Held("what was found in the parcel"),
        },
        kept={"return_tracking_number": TRACKING},
        nobody=("rules_name", "return_carrier", "marketplace_status"),
    ),
    Holding(RefundLine, order="refund__order"),
    Holding(
        DecisionRow,
        order="refund__order",
        held={"said": Held("what went with a decision about many: why the merchant refused")},
        nobody=("last_error", "why"),
    ),
    Holding(DecisionJob, nobody=("actor", "language")),
    Holding(
        Message,
        order="refund__order",
        held={
            "author": Held("the buyer's name", buyers_own("sender", MessageSender.BUYER)),
            "text": Held("what the two sides wrote to each other"),
        },
    ),
    Holding(
        Note,
        order="refund__order",
        held={"text": Held("what colleagues wrote about the refund")},
        kept={"author": "who of the store wrote it"},
    ),
    Holding(
        Evidence,
        order="refund__order",
        held={
            "name": Held("what the file was called"),
            "note": Held("what was said with it"),
            "sha256": Held("the print of the file"),
            "author": Held("the buyer's name", buyers_own("side", CaseSide.BUYER)),
        },
        kept={"stored_as": "the name in the storage, which tells nothing; the file itself goes"},
        files="stored_as",
        nobody=("type",),
    ),
    Holding(
        EvidencePack, order="dispute__refund__order", go=True, files="stored_as", nobody=("last_error", "language")
    ),
    Holding(
        Dispute,
        order="refund__order",
        held={"note": GROUNDS, "plea": PLEA, "reply": Held("what the other side answered")},
        nobody=("suggestion",),
    ),
    Holding(Appeal, order="refund__order", held={"note": GROUNDS, "plea": PLEA}),
    Holding(CarrierClaim, order="shipment__order", held={"note": Held("how the carrier claim ended")}),
    Holding(Assignment),
    Holding(QualityRefund),
    Holding(QualityDay, nobody=("time_zone",)),
    Holding(ChangedDay),
    Holding(QualityRestriction),
    Holding(Enrolment, nobody=("version", "agreement_version", "agreement_by")),
    Holding(CoveredProduct, nobody=("item_id",)),
    Holding(LiveSession, nobody=("session",)),
)
