"""What of this room goes after a while: evidence packs, unclaimed parcels, and uploaded files whose row never came."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy

from common import clock
from common.actions import bookkeeping
from common.retention import Retention
from common.tenancy import system_scope
from refunds.models import Evidence, ParcelPhoto, UnclaimedParcel
from refunds.platform.packs import PACKS

LOOKED_UP_AT_ONCE = 500
PLACE = "evidence"
SHOWN = (Evidence, ParcelPhoto)


def delete_stray_files(kept_for: timedelta) -> int:
    """Delete the files of evidence that are so old and that no row knows; returns how many.

    A process that died between file and row has left them, or one whose row was refused and who died then.
    """
    return sum(_delete_unknown(names, kept_for) for names in _stored())


def _stored() -> Iterator[list[str]]:
    """The names of all files, some at a time."""
    if not default_storage.exists(PLACE):
        return
    for store in default_storage.listdir(PLACE)[0]:
        names = [f"{PLACE}/{store}/{name}" for name in default_storage.listdir(f"{PLACE}/{store}")[1]]
        for start in range(0, len(names), LOOKED_UP_AT_ONCE):
            yield names[start : start + LOOKED_UP_AT_ONCE]


def _delete_unknown(names: list[str], kept_for: timedelta) -> int:
    """The age first: a row that comes meanwhile is of a file that is younger."""
    until = clock.wall() - kept_for
    old = [name for name in names if default_storage.get_modified_time(name) <= until]
    with system_scope():
        rows = [model.objects.filter(stored_as__in=old).values_list("stored_as", flat=True) for model in SHOWN]
        known = set(rows[0].union(*rows[1:])) if old else set()
    stray = [name for name in old if name not in known]
    for name in stray:
        default_storage.delete(name)
    return len(stray)


STRAY_FILES = Retention(
    "stray files forgotten",
    gettext_lazy("Uploaded files whose row never came"),
    Evidence,
    "at",
    "KEEP_STRAY_FILES_DAYS",
    by_itself=delete_stray_files,
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


PARCELS = Retention(
    "unclaimed parcels forgotten",
    gettext_lazy("Unclaimed parcels that have ended, with their photographs"),
    UnclaimedParcel,
    "ended_at",
    "KEEP_UNCLAIMED_DAYS",
    forget=_forget_parcels,
    batch=200,
)
RETENTIONS = (PACKS, PARCELS, STRAY_FILES)
