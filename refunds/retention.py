"""What of this room goes after a while: packs, unclaimed parcels, bulk decisions, and files that no row knows."""

from collections.abc import Sequence

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy

from common.actions import bookkeeping
from common.retention import Retention
from common.stray import keys_in, stray_files
from refunds.models import (
    Appeal,
    DecisionJob,
    DecisionRow,
    Dispute,
    Evidence,
    EvidencePack,
    ParcelPhoto,
    Refund,
    UnclaimedParcel,
)
from refunds.platform.packs import PACKS
from refunds.states import OPEN, AppealStatus, DisputeStatus

SHOWN = (Evidence, ParcelPhoto)


def _evidence_of(names: Sequence[str]) -> set[str]:
    """Those of these files that a row knows."""
    rows = [model.objects.filter(stored_as__in=names).values_list("stored_as", flat=True) for model in SHOWN]
    return set(rows[0].union(*rows[1:]))


def _packs_of(names: Sequence[str]) -> set[str]:
    return {pack.stored_as for pack in EvidencePack.objects.filter(pk__in=keys_in(names))}


STRAY_FILES = stray_files(
    "stray files forgotten",
    gettext_lazy("Uploaded files whose row never came"),
    Evidence,
    place="evidence",
    known=_evidence_of,
)
STRAY_PACKS = stray_files(
    "stray packs forgotten",
    gettext_lazy("Evidence packs whose row is gone"),
    EvidencePack,
    place="packs",
    known=_packs_of,
)


@bookkeeping("A parcel that was matched, sent back or written off so long ago is nobody's question; its events stay.")
def _forget_parcels(parcels: Sequence[UnclaimedParcel]) -> None:
    """The files first: when the transaction is lost they are gone, and the next attempt finds the rows."""
    keys = [parcel.pk for parcel in parcels]
    photos = ParcelPhoto.objects.filter(parcel__in=keys)
    for name in photos.values_list("stored_as", flat=True):
        default_storage.delete(name)
    photos.delete()
    UnclaimedParcel.objects.filter(pk__in=keys).delete()


def _of_nothing_open(parcels: QuerySet[UnclaimedParcel]) -> QuerySet[UnclaimedParcel]:
    """Without those whose refund, dispute or appeal is still open: their photographs show what came back."""
    own = {"store_id": OuterRef("store_id")}
    keeping = (
        Refund.objects.filter(**own, pk=OuterRef("refund"), status__in=OPEN),
        Dispute.objects.filter(**own, refund=OuterRef("refund"), status=DisputeStatus.OPEN),
        Appeal.objects.filter(**own, refund=OuterRef("refund"), status=AppealStatus.OPEN),
    )
    return parcels.filter(*(~Exists(rows) for rows in keeping))


PARCELS = Retention(
    "unclaimed parcels forgotten",
    gettext_lazy("Unclaimed parcels that have ended, with their photographs"),
    UnclaimedParcel,
    "ended_at",
    "KEEP_UNCLAIMED_DAYS",
    which=_of_nothing_open,
    forget=_forget_parcels,
    batch=200,
)


DECISIONS = Retention(
    "bulk decisions forgotten",
    gettext_lazy("Bulk decisions that are finished"),
    DecisionJob,
    "finished_at",
    "KEEP_BULK_JOBS_DAYS",
    parts=((DecisionRow, "job"),),
    batch=20,
)
RETENTIONS = (PACKS, PARCELS, STRAY_FILES, STRAY_PACKS, DECISIONS)
