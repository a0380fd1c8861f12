"""What this room's tables keep of a buyer: what was asked, written and shown about a refund."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from common.personal import Held, Holding, buyers_own, cut
from orders.models import Order
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
    ParcelPhoto,
    QualityDay,
    QualityRefund,
    QualityRestriction,
    Refund,
    RefundLine,
    RefundTag,
    UnclaimedParcel,
)
from refunds.states import CaseSide, MessageSender

PLEA = Held("what the side that opened it says")
GROUNDS = Held("why the platform decided so")


def _parcels(orders: Sequence[Order], topics: Sequence[UUID]) -> QuerySet:
    """Parcels that turned out to be theirs, and those that bear a number under which an order of theirs went out."""
    numbers = [order.tracking_folded for order in orders if order.tracking_folded]
    rows = UnclaimedParcel.objects.for_store(orders[0].store_id)
    return rows.filter(Q(refund__in=topics) | Q(tracking_folded__in=numbers))


def _photos(orders: Sequence[Order], topics: Sequence[UUID]) -> QuerySet:
    return ParcelPhoto.objects.for_store(orders[0].store_id).filter(parcel__in=_parcels(orders, topics).values("pk"))


STORED = "the name in the storage, which tells nothing; the file itself goes"
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
    Holding(RefundTag, order="refund__order", go=True, held={"name": Held("words by which colleagues find it")}),
    Holding(
        Evidence,
        order="refund__order",
        held={
            "name": Held("what the file was called"),
            "note": Held("what was said with it"),
            "sha256": Held("the print of the file"),
            "author": Held("the buyer's name", buyers_own("side", CaseSide.BUYER)),
        },
        kept={"stored_as": STORED},
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
    Holding(
        UnclaimedParcel,
        rows=_parcels,
        held={
            "phone_end": Held("the last four digits of the sender's phone", cut),
            "note": Held("what somebody noted about the parcel"),
            "reason": Held("why it was sent back or written off"),
        },
        kept={"tracking_number": TRACKING, "recorded_by": "who of the store put the parcel aside"},
        nobody=("carrier", "goods"),
    ),
    Holding(
        ParcelPhoto,
        rows=_photos,
        held={
            "name": Held("what the file was called"),
            "note": Held("what was said with it"),
            "sha256": Held("the print of the file"),
        },
        kept={"stored_as": STORED, "author": "who of the store took it"},
        files="stored_as",
        nobody=("type",),
    ),
    Holding(Assignment),
    Holding(QualityRefund),
    Holding(QualityDay, nobody=("time_zone",)),
    Holding(ChangedDay),
    Holding(QualityRestriction),
    Holding(Enrolment, nobody=("version", "agreement_version", "agreement_by")),
    Holding(CoveredProduct, nobody=("item_id",)),
    Holding(LiveSession, nobody=("session",)),
)
