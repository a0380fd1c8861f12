"""Evidence packs: a dispute as one file, for those who may see evidence (Q17, R7).

asked for → made by a worker → taken, whoever takes it being on record → forgotten a day later, or made anew.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock, workers
from common.actions import action, bookkeeping
from common.actors import Actor
from common.errors import Refused, refuse_if
from common.retention import Retention
from common.writes import WriteSet
from refunds.models import Dispute, EvidencePack
from refunds.platform.cases import lock_case
from refunds.platform.events import EVIDENCE_PACK_ASKED, EVIDENCE_PACK_TAKEN
from refunds.signals import pack_asked
from refunds.states import PackStatus

MOST_MAKING = 20  # of one store: the others' wait too


def pack_of(dispute: Dispute, language: str) -> EvidencePack | None:
    """The dispute's pack in that language, however far it is."""
    return EvidencePack.objects.for_store(dispute.store_id).filter(dispute=dispute, language=language).first()


def why_not_ask_for_pack(pack: EvidencePack | None, making: int) -> Refused | None:
    """Why a dispute's pack can't be asked for: this one is being made, or `making` packs of its store are."""
    if pack is not None and pack.status == PackStatus.MAKING:
        return Refused("pack_under_way", _("This pack is being made: wait until it is finished."))
    if making >= MOST_MAKING:
        return Refused("too_many_packs", _("Many packs of this store are being made: ask again when one is finished."))
    return None


def being_made(store_id: int) -> int:
    """How many packs of the store wait for a worker, or are at one."""
    return EvidencePack.objects.for_store(store_id).filter(status=PackStatus.MAKING).count()


@action
def ask_for_pack(*, store_id: int, dispute_id: UUID | str, language: str, actor: Actor, now: datetime) -> EvidencePack:
    """Have a worker make a dispute's pack in that language, as things are by then. NotFound for an unknown dispute.

    Refused `pack_under_way` while it is being made, `too_many_packs` while many others of the store are.
    """
    dispute = lock_case(Dispute, store_id=store_id, case_id=dispute_id)
    pack = pack_of(dispute, language)
    refuse_if(why_not_ask_for_pack(pack, being_made(store_id)))
    writes = WriteSet()
    if pack is None:
        pack = EvidencePack(store_id=store_id, dispute=dispute, language=language, asked_at=now)
        pack.make_due()
        writes.insert(pack)
    else:
        pack.begin_anew(now=now)
        pack.make_due()
        writes.update(pack, "asked_at", *pack.WORK_FIELDS)
    facts = {"order": dispute.refund.order.number}
    writes.event(EVIDENCE_PACK_ASKED, dispute.store, topic=dispute.store, at=now, actor=actor, rule="R7", **facts)
    pack_asked.send(sender=EvidencePack, pack=pack, writes=writes)
    writes.flush()
    return pack


Build = Callable[[EvidencePack, datetime], bytes]


def make_packs(build: Build, *, ids: Sequence[UUID] | None = None, limit: int = 1) -> int:
    """`build` packs that were asked for (of these ids, if given), each in a transaction of its own.

    Returns how many were taken up. Safe to run anywhere, any number of times, and to kill at any moment.
    """
    due = EvidencePack.objects.all() if ids is None else EvidencePack.objects.filter(pk__in=ids)
    return workers.do_due(due, partial(_make, build=build), limit=limit)


@bookkeeping("A file made of what is on record changes nothing: who asked for it and who took it are acts.")
def _make(pack: EvidencePack, *, build: Build) -> None:
    now = clock.now()
    content = build(pack, now)
    default_storage.delete(pack.stored_as)  # what a worker wrote that died
    default_storage.save(pack.stored_as, ContentFile(content))
    pack.finish(size=len(content), now=now)


def why_not_take_pack(pack: EvidencePack | None) -> Refused | None:
    """Why there is no file to take: nobody has asked for one, or it is being made or couldn't be."""
    if pack is None:
        return Refused("pack_not_asked_for", _("Nobody has asked for this pack, or it was a day ago: ask for it."))
    if pack.status == PackStatus.MAKING:
        return Refused("pack_under_way", _("This pack is being made: wait until it is finished."))
    if pack.status == PackStatus.FAILED:
        return Refused("pack_failed", _("This pack could not be made: ask for it again."))
    return None


@action
def take_pack(*, dispute: Dispute, pack: EvidencePack | None, actor: Actor, now: datetime) -> bytes:
    """The finished file; who takes it is on record in the store.

    Refused `pack_not_asked_for` (also when the storage has lost it), `pack_under_way` or `pack_failed` without one.
    """
    refuse_if(why_not_take_pack(pack))
    try:
        with default_storage.open(pack.stored_as) as file:
            content = file.read()
    except FileNotFoundError:
        content = b""
    refuse_if(why_not_take_pack(pack if content else None))
    writes = WriteSet()
    facts = {"order": dispute.refund.order.number}
    writes.event(EVIDENCE_PACK_TAKEN, dispute.store, topic=dispute.store, at=now, actor=actor, rule="R7", **facts)
    writes.flush()
    return content


@bookkeeping("A copy of what is on record goes: that is no act.")
def _forget(packs: Sequence[EvidencePack]) -> None:
    """Files first: when the rows stay after all, the next sweep finds them."""
    for pack in packs:
        default_storage.delete(pack.stored_as)
    EvidencePack.objects.filter(pk__in=[pack.pk for pack in packs]).delete()


PACKS = Retention(
    "packs forgotten",
    gettext_lazy("Evidence packs"),
    EvidencePack,
    "asked_at",
    "KEEP_PACKS_DAYS",
    which=lambda rows: rows.exclude(status=PackStatus.MAKING),
    forget=_forget,
    batch=50,
)


def forget_packs() -> int:
    """Delete a batch of packs that are older than they are kept, with their files; returns how many."""
    return PACKS.step()
