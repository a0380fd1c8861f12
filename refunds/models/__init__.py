"""Refunds and what hangs on them.

refund (with line, goods, contradicted, indexes and queries) is the head. cases is the base (`PlatformCase`) of disputes
and appeals, pack a dispute as a file, evidence and thread what both sides showed and wrote; team who sees
to it and what colleagues note; deciding (many at once); carrier_claim; unclaimed: parcels that nobody announced. file
is the base of what is shown. quality counts; returnless is a store's enrolment.
"""

from refunds.models.appeals import Appeal
from refunds.models.carrier_claim import CarrierClaim
from refunds.models.deciding import DecisionJob, DecisionRow
from refunds.models.disputes import Dispute
from refunds.models.evidence import Evidence
from refunds.models.line import RefundLine
from refunds.models.pack import EvidencePack
from refunds.models.quality import ChangedDay, QualityDay, QualityRefund, QualityRestriction
from refunds.models.refund import Refund
from refunds.models.returnless import CoveredProduct, Enrolment, LiveSession
from refunds.models.team import Assignment, Note, RefundTag
from refunds.models.thread import Message
from refunds.models.unclaimed import ParcelPhoto, UnclaimedParcel

__all__ = [
    "Appeal",
    "Assignment",
    "CarrierClaim",
    "ChangedDay",
    "CoveredProduct",
    "DecisionJob",
    "DecisionRow",
    "Dispute",
    "Enrolment",
    "Evidence",
    "EvidencePack",
    "LiveSession",
    "Message",
    "Note",
    "ParcelPhoto",
    "QualityDay",
    "QualityRefund",
    "QualityRestriction",
    "Refund",
    "RefundLine",
    "RefundTag",
    "UnclaimedParcel",
]
