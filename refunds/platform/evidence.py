"""Evidence: photographs and papers that either side shows about a refund.

Both may add to it for as long as somebody may still decide.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Refused, refuse_if
from common.uploads import SUFFIXES, CleanFile
from common.writes import WriteSet
from orders.why_not import why_erased
from refunds.actions import lock_refund
from refunds.models import Appeal, Dispute, Evidence, Refund
from refunds.platform.cases import why_not_take_evidence
from refunds.platform.events import EVIDENCE_ADDED
from refunds.platform.suggestions import suggest
from refunds.states import OPEN, AppealStatus, DisputeStatus, RefundStatus

# Somebody still decides about these.
UNDECIDED = OPEN - {RefundStatus.REFUNDING}


@contextmanager
def stored(store_id: int, file: CleanFile) -> Iterator[str]:
    """Put the file into the storage, under a name that tells nothing; gone again when that or the block raises.

    Written before any row is locked: a storage may be a network away.
    """
    name = f"evidence/{store_id}/{uuid4().hex}{SUFFIXES[file.type]}"
    try:
        yield default_storage.save(name, ContentFile(file.content))
    except BaseException:
        default_storage.delete(name)
        raise


def why_not_show(refund: Refund, side: str, now: datetime) -> Refused | None:
    """Why this side can't add evidence now (Q17).

    The refund has ended, the time for it is over, or the side has shown enough.
    """
    shown = Evidence.objects.for_store(refund.store_id).filter(refund=refund, side=side).count()
    return why_erased(refund.order) or why_closed(refund, case_of(refund), now) or why_not_more(refund, shown)


def case_of(refund: Refund) -> Dispute | Appeal | None:
    """What a person of the platform has yet to decide about the refund."""
    if refund.status == RefundStatus.DISPUTED:
        return Dispute.objects.for_store(refund.store_id).get(refund=refund, status=DisputeStatus.OPEN)
    return Appeal.objects.for_store(refund.store_id).filter(refund=refund, status=AppealStatus.OPEN).first()


def why_closed(refund: Refund, case: Dispute | Appeal | None, now: datetime) -> Refused | None:
    """Why nobody may show anything more: nothing is left to decide, or the time that its open `case` gives is over."""
    if case is None and refund.status not in UNDECIDED:
        return Refused("evidence_closed", _("This refund has ended: nothing is left to show."))
    return None if case is None else why_not_take_evidence(case, now)


def why_not_more(refund: Refund, shown: int) -> Refused | None:
    """Why a side that has `shown` so many files can't add another."""
    most = refund.rules.evidence_per_side
    if shown < most:
        return None
    return Refused(
        "evidence_limit_reached",
        _("Each side may show %(most)d files; put several pages into one PDF.") % {"most": most},
        "file",
    )


@action
def add_evidence(
    *,
    store_id: int,
    refund_id: UUID | str,
    side: str,
    file: CleanFile,
    stored_as: str,
    note: str,
    actor: Actor,
    now: datetime,
) -> Evidence:
    """Add a stored file of one side to a refund. NotFound for an unknown refund.

    Refused `evidence_closed` once the time for it is over or nothing is left to decide, `evidence_limit_reached` when
    this side has shown as many files as it may.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_show(refund, side, now))
    evidence = Evidence(
        store_id=store_id,
        refund=refund,
        side=side,
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
    writes.insert(evidence)
    writes.event(
        EVIDENCE_ADDED,
        evidence,
        topic=refund,
        at=now,
        actor=actor,
        rule="Q17",
        side=side,
        file=file.name,
        sha256=file.sha256,
        note=note,
    )
    writes.flush()
    if refund.status == RefundStatus.DISPUTED:
        _suggest_anew(refund, now)
    return evidence


def _suggest_anew(refund: Refund, now: datetime) -> None:
    """What was shown may change what the platform's person is advised (R7). The refund is locked."""
    disputes = Dispute.objects.for_store(refund.store_id).filter(refund=refund, status=DisputeStatus.OPEN)
    disputes.update(suggestion=suggest(refund, now))
