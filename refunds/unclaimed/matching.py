"""Whose an unclaimed parcel is: somebody finds out, or its number is announced after all.

The refund has the number from then on, as if its buyer had announced it; what came back is inspected as ever (P1).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import Invalid, Refused, refuse_if
from common.search import folded
from common.setbacks import sweep_apart
from common.writes import WriteSet
from orders.parcels import awaited_parcels
from orders.waybills import carrier_typed
from refunds.actions import lock_refund
from refunds.models import Evidence, ParcelPhoto, Refund, UnclaimedParcel
from refunds.platform.events import EVIDENCE_ADDED
from refunds.platform.evidence import why_not_show
from refunds.returns import correct_return, returning_of, ship_return
from refunds.states import CaseSide, RefundStatus
from refunds.unclaimed.events import UNCLAIMED_MATCHED
from refunds.unclaimed.recording import BATCH, announced_under, lock_unclaimed, why_not_touch
from refunds.why_not import why_not_correct_return, why_not_inspect, why_not_ship_return


def why_not_match(parcel: UnclaimedParcel, refund: Refund, announced: Refund | None, now: datetime) -> Refused | None:
    """Why a parcel can't be the refund's: it isn't unclaimed any more, or the refund awaits none.

    Nor where the refund `announced` has meanwhile named its number, unless it is this one.
    """
    if (refused := why_not_touch(parcel)) is not None:
        return refused
    if announced is not None and announced.pk != refund.pk:
        told = {"order": announced.order.number}
        return Refused("parcel_announced", _("Order %(order)s has announced this number: scan it again.") % told)
    if refund.status == RefundStatus.RETURNING:
        return why_not_inspect(refund, now, passed=False)
    if refund.status == RefundStatus.WITHDRAWN and awaited_parcels(refund):
        return None
    return why_not_ship_return(refund, now)


@action
def assign_parcel(
    *, store_id: int, parcel_id: UUID | str, refund_id: UUID | str, carrier: str, actor: Actor, now: datetime
) -> UnclaimedParcel:
    """The parcel is what the refund's buyer sent back; its photographs become evidence of the refund (P1, Q17).

    A refund that awaits a return goes on as if the buyer had announced the number; of one whose parcel nobody has seen
    under its own number that is corrected; any other has this parcel besides. Invalid `carrier` where one has to be
    named. Refused as `why_not_match` says.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    parcel = lock_unclaimed(store_id, parcel_id)
    refuse_if(why_not_match(parcel, refund, announced_under(store_id, parcel.tracking_number), now))
    _announce(refund, parcel, carrier.strip() or carrier_typed(parcel.carrier), actor=actor, now=now)
    writes = WriteSet()
    _match(writes, parcel, refund, is_by_number=False, actor=actor, now=now)
    writes.flush()
    return parcel


def _announce(refund: Refund, parcel: UnclaimedParcel, carrier: str, *, actor: Actor, now: datetime) -> None:
    """The refund, which is locked, has the parcel's number, unless a carrier has seen its own.

    A number that is only the store's own corrects none, and no carrier is asked about it.
    """
    if refund.return_tracking_folded == folded(parcel.tracking_number):
        return
    told = {"store_id": refund.store_id, "refund_id": refund.pk, "tracking_number": parcel.tracking_number}
    told |= {"actor": actor, "now": now}
    if refund.status != RefundStatus.RETURNING:
        if not carrier:
            raise Invalid("carrier", _("Say who brought the parcel."), "required")
        ship_return(carrier=carrier, is_here=not parcel.has_number, **told)
    elif parcel.has_number and why_not_correct_return(refund, returning_of(refund), now) is None:
        reason = _("The warehouse holds the parcel under this number.")
        correct_return(carrier=carrier or carrier_typed(refund.return_carrier), reason=reason, **told)


def _match(
    writes: WriteSet, parcel: UnclaimedParcel, refund: Refund, *, is_by_number: bool, actor: Actor, now: datetime
) -> None:
    """The locked parcel is the refund's, and what was photographed of it is shown there."""
    before = parcel.status
    parcel.match(refund=refund, now=now)
    writes.update(parcel, "status", "refund", "ended_at")
    writes.event(
        UNCLAIMED_MATCHED,
        parcel,
        topic=refund,
        at=now,
        actor=actor,
        states=(before, parcel.status),
        rule="P1",
        tracking_number=parcel.tracking_number,
        order=refund.order.number,
        by_number=is_by_number,
    )
    _show_photos(writes, parcel, refund, actor=actor, now=now)


def _show_photos(writes: WriteSet, parcel: UnclaimedParcel, refund: Refund, *, actor: Actor, now: datetime) -> None:
    """The parcel's photographs become the merchant's evidence, as many as a side may show; the others stay with it."""
    photos = list(ParcelPhoto.objects.for_store(parcel.store_id).filter(parcel=parcel).order_by("id"))
    if not photos or why_not_show(refund, CaseSide.MERCHANT, now) is not None:
        return
    shown = Evidence.objects.for_store(refund.store_id).filter(refund=refund, side=CaseSide.MERCHANT).count()
    moved = photos[: refund.rules.evidence_per_side - shown]
    for photo in moved:
        columns = ("store_id", "stored_as", "name", "note", "type", "size", "sha256", "author", "at")
        copied = {column: getattr(photo, column) for column in columns}
        evidence = Evidence(refund=refund, side=CaseSide.MERCHANT, **copied)
        writes.insert(evidence)
        facts = {"side": CaseSide.MERCHANT, "file": photo.name, "sha256": photo.sha256, "note": photo.note}
        writes.event(EVIDENCE_ADDED, evidence, topic=refund, at=now, actor=actor, rule="Q17", **facts)
    ParcelPhoto.objects.for_store(parcel.store_id).filter(pk__in=[photo.pk for photo in moved]).delete()


def match_announced_parcels(*, limit: int = BATCH) -> int:
    """Give up to `limit` parcels to the refunds that announced their numbers meanwhile; returns how many."""
    now = clock.now()
    return sweep_apart("parcels announced meanwhile", _announced_meanwhile, partial(_give, now=now), limit=limit)


def _announced_meanwhile() -> QuerySet[UnclaimedParcel]:
    of_number = {"store_id": OuterRef("store_id"), "return_tracking_folded": OuterRef("tracking_folded")}
    waiting = UnclaimedParcel.objects.in_scope().waiting().filter(has_number=True)
    return waiting.filter(Exists(Refund.objects.in_scope().filter(**of_number))).order_by("id")


def _give(parcels: Sequence[UnclaimedParcel], now: datetime) -> None:
    for parcel in parcels:  # each locks its order and refund first
        match_by_number(parcel=parcel, actor=SYSTEM, now=now)


@action
def match_by_number(*, parcel: UnclaimedParcel, actor: Actor, now: datetime) -> None:
    """Give the parcel to the refund that announced its number and expects it; nothing when somebody was faster."""
    announced = announced_under(parcel.store_id, parcel.tracking_number)
    if announced is None:
        return
    refund = lock_refund(store_id=parcel.store_id, refund_id=announced.pk)
    parcel = lock_unclaimed(parcel.store_id, parcel.pk)
    if why_not_touch(parcel) is not None or refund.return_tracking_folded != folded(parcel.tracking_number):
        return
    writes = WriteSet()
    _match(writes, parcel, refund, is_by_number=True, actor=actor, now=now)
    writes.flush()
