"""A parcel that nobody announced is put aside, described and photographed; a sweep notes when its time has passed."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import Invalid, NotFound, Refused, refuse_if
from common.search import folded
from common.setbacks import sweep_rows
from common.uploads import CleanFile
from common.writes import WriteSet
from orders.models.queries import PHONE_END
from orders.waybills import NO_NUMBER, NUMBER, carrier_named, carrier_of, plain_number, unknown_carrier
from refunds.models import ParcelPhoto, Refund, UnclaimedParcel
from refunds.states import UnclaimedStatus
from refunds.unclaimed.events import (
    UNCLAIMED_DESCRIBED,
    UNCLAIMED_OVERDUE,
    UNCLAIMED_PHOTOGRAPHED,
    UNCLAIMED_RECORDED,
)
from stores.models import Store

BATCH = 500
LOCK = 81  # the advisory lock of a store's number that is put aside
MOST_PHOTOS = 10


# The store's own number of a parcel on which none can be read begins so; no carrier's does.
OWN_NUMBER, OWN_SHAPE = "NN-{:06d}", re.compile(r"NN-[0-9]{6}")


class ReadOnIt(TypedDict, total=False):
    """What somebody could read on a parcel: the carrier's name, the phone's last four digits, an item id or SKU."""

    carrier: str
    phone_end: str
    goods: str
    note: str


def lock_unclaimed(store_id: int, parcel_id: UUID | str) -> UnclaimedParcel:
    """The parcel, locked. NotFound without it."""
    rows = UnclaimedParcel.objects.for_store(store_id).select_related("store")
    parcel = rows.select_for_update(of=("self",), no_key=True).filter(pk=parcel_id).first()
    if parcel is None:
        raise NotFound
    return parcel


def why_not_put_aside(announced: Refund | None, before: UnclaimedParcel | None) -> Refused | None:
    """A parcel isn't unclaimed whose number a refund has announced, and is put aside once: it was as `before`."""
    if announced is not None:
        return Refused(
            "parcel_announced",
            _("Order %(order)s has announced this number: scan it again.") % {"order": announced.order.number},
        )
    if before is not None:
        return Refused("parcel_put_aside", _("This parcel has been put aside already: scan it again to see it."))
    return None


def why_not_touch(parcel: UnclaimedParcel) -> Refused | None:
    """A parcel that was matched, sent back or written off is nobody's task any more."""
    if parcel.status == UnclaimedStatus.WAITING:
        return None
    told = {"status": parcel.get_status_display()}
    return Refused("invalid_transition", _("This parcel isn't unclaimed any more: %(status)s.") % told)


def why_not_photograph(parcel: UnclaimedParcel, shown: int) -> Refused | None:
    """Why another photograph of a parcel that has `shown` so many isn't taken."""
    if shown < MOST_PHOTOS:
        return why_not_touch(parcel)
    text = _("A parcel has at most %(most)d photographs.") % {"most": MOST_PHOTOS}
    return Refused("evidence_limit_reached", text, "file")


@action
def put_parcel_aside(
    *,
    store: Store,
    tracking_number: str = "",
    own_number: str = "",
    actor: Actor,
    now: datetime,
    **read: Unpack[ReadOnIt],
) -> UnclaimedParcel:
    """Record a parcel that no refund announced; somebody finds out whose it is within the store's days.

    Without a number, which nobody could read on it, it gets one of the store's own that is written on it, the
    `own_number` that `draw_own_number` gave before or another: Invalid `note` where nothing else is told of it either.
    Refused `parcel_announced` where a refund has the number, `parcel_put_aside` where it waits already, or where a
    parcel has had that own number. Invalid for an odd number and for what can't be read on a parcel.
    """
    number, is_read = plain_number(tracking_number), bool(tracking_number.strip())
    if is_read and not NUMBER.fullmatch(number):
        raise Invalid("tracking_number", str(NO_NUMBER))
    if not is_read:
        refuse_if(why_no_description(read))
        number = own_number if OWN_SHAPE.fullmatch(own_number) else draw_own_number(store)
    parcel = UnclaimedParcel(
        store=store,
        tracking_number=number,
        has_number=is_read,
        recorded_by=actor.label,
        recorded_at=now,
        due_at=now + timedelta(days=store.unclaimed_days),
    )
    _describe(parcel, {"carrier": "", "phone_end": "", "goods": "", "note": "", **read})
    parcel.carrier = parcel.carrier or (carrier_of(number) if is_read else "")
    with connection.cursor() as cursor:  # two people with one label: the second waits here and is told
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, f"{store.pk}:{folded(number)}"])
    before = waiting_under(store.pk, number) if is_read else last_under(store.pk, number)
    refuse_if(why_not_put_aside(announced_under(store.pk, number), before))
    writes = WriteSet()
    writes.insert(parcel)
    facts = {"tracking_number": number, "until": parcel.due_at.isoformat()}
    if not is_read:
        facts["is_own_number"] = True
    writes.event(UNCLAIMED_RECORDED, parcel, topic=parcel, at=now, actor=actor, rule="P1", **facts)
    writes.flush()
    return parcel


def announced_under(store_id: int, number: str) -> Refund | None:
    """The refund whose goods come back under the number, with its order: one that expects them, else the newest."""
    return Refund.objects.for_store(store_id).coming_back_under(number).select_related("order").first()


def why_no_description(read: ReadOnIt) -> Invalid | None:
    """A parcel without a number is told from others by what there is to see of it."""
    if any(read.get(name, "").strip() for name in ("phone_end", "goods", "note")):
        return None
    text = _("Write down what there is to see: the sender's phone, the item, or what the parcel looks like.")
    return Invalid("note", text, "required")


def draw_own_number(store: Store) -> str:
    """A number that no parcel of the store has had, and no refund bears: what is written on a box stays on it."""
    while True:
        number = OWN_NUMBER.format(secrets.randbelow(10**6))
        if last_under(store.pk, number) is None and announced_under(store.pk, number) is None:
            return number


def waiting_under(store_id: int, number: str) -> UnclaimedParcel | None:
    """The parcel of this number that waits to be matched."""
    return UnclaimedParcel.objects.for_store(store_id).waiting().filter(tracking_folded=folded(number)).first()


def last_under(store_id: int, number: str) -> UnclaimedParcel | None:
    """The parcel that was put aside last under this number, whatever became of it."""
    parcels = UnclaimedParcel.objects.for_store(store_id).filter(tracking_folded=folded(number))
    return parcels.order_by("-id").first()


def _describe(parcel: UnclaimedParcel, read: ReadOnIt) -> None:
    """What was read becomes the parcel's. Invalid for what can't be."""
    if read["carrier"].strip():
        if (kept := carrier_named(read["carrier"])) is None:
            raise Invalid("carrier", unknown_carrier(read["carrier"]), "unknown_carrier")
        parcel.carrier = kept
    digits = folded(read["phone_end"])
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) == PHONE_END):
        raise Invalid("phone_end", _("Write the last four digits of the sender's phone."))
    parcel.phone_end, parcel.goods, parcel.note = digits, read["goods"].strip(), read["note"].strip()


@action
def describe_parcel(
    *, store_id: int, parcel_id: UUID | str, actor: Actor, now: datetime, **read: Unpack[ReadOnIt]
) -> UnclaimedParcel:
    """Write down what could be read on an unclaimed parcel. Refused `invalid_transition` once it isn't unclaimed."""
    parcel = lock_unclaimed(store_id, parcel_id)
    refuse_if(why_not_touch(parcel))
    _describe(parcel, {"carrier": parcel.carrier, "phone_end": "", "goods": "", "note": "", **read})
    writes = WriteSet()
    writes.update(parcel, "carrier", "phone_end", "goods", "note")
    facts = {"tracking_number": parcel.tracking_number}
    writes.event(UNCLAIMED_DESCRIBED, parcel, topic=parcel, at=now, actor=actor, **facts)
    writes.flush()
    return parcel


@action
def add_parcel_photo(
    *, store_id: int, parcel_id: UUID | str, file: CleanFile, stored_as: str, note: str, actor: Actor, now: datetime
) -> ParcelPhoto:
    """Add a stored file to an unclaimed parcel.

    Refused `invalid_transition` once it isn't unclaimed, `evidence_limit_reached` when it has as many as it may.
    """
    parcel = lock_unclaimed(store_id, parcel_id)
    refuse_if(why_not_photograph(parcel, ParcelPhoto.objects.for_store(store_id).filter(parcel=parcel).count()))
    photo = ParcelPhoto(
        store_id=store_id,
        parcel=parcel,
        stored_as=stored_as,
        name=file.name,
        note=note,
        type=file.type,
        size=file.size,
        sha256=file.sha256,
        author=actor.label,
        at=now,
    )
    writes = WriteSet()
    writes.insert(photo)
    writes.event(UNCLAIMED_PHOTOGRAPHED, parcel, topic=parcel, at=now, actor=actor, sha256=file.sha256)
    writes.flush()
    return photo


def note_overdue_parcels(*, limit: int = BATCH) -> int:
    """Note of up to `limit` parcels that their time has passed; returns how many."""
    now = clock.now()
    return sweep_rows("unclaimed parcels", partial(_unnoted, now), partial(_note_overdue, now=now), limit=limit)


def _unnoted(now: datetime) -> QuerySet[UnclaimedParcel]:
    late = UnclaimedParcel.objects.in_scope().waiting().filter(overdue_at=None, due_at__lte=now)
    return late.select_for_update(skip_locked=True, no_key=True).order_by("due_at")


def _note_overdue(parcels: Sequence[UnclaimedParcel], now: datetime) -> None:
    note_overdue(parcels=parcels, actor=SYSTEM, now=now)


@action
def note_overdue(*, parcels: Sequence[UnclaimedParcel], actor: Actor, now: datetime) -> None:
    """The time of these parcels, which the caller has locked, has passed: the warehouse is told."""
    writes = WriteSet()
    for parcel in parcels:
        parcel.overdue_at = now
        writes.update(parcel, "overdue_at")
        facts = {"tracking_number": parcel.tracking_number}
        writes.event(UNCLAIMED_OVERDUE, parcel, topic=parcel, at=now, actor=actor, rule="P1", **facts)
    writes.flush()
