"""Which refunds count, and since when (P6). A refund counts once; no row of a store is shared by its requests.

`by_application`: the buyer's first word counts from the request on, and whatever is corrected later. A correction that
speaks of quality for the first time counts from then. `verified_fault`: a refund about quality counts once the merchant
has approved it or passed the goods, or let the time for it pass, or the platform has decided for the buyer.
Refunds of the programme without return never count (R9), and what was split off when goods arrived in part is
no request of its own.
"""

from collections.abc import Sequence
from datetime import datetime

from django.dispatch import receiver

from common.actors import Actor
from common.hints import tell
from common.writes import WriteSet
from refunds.models import QualityRefund, Refund
from refunds.quality.events import REFUND_COUNTED
from refunds.quality.rollup import note_counted
from refunds.signals import faults_verified
from refunds.states import QualityPolicy, RefundProgramme


def count_applications(writes: WriteSet, refunds: Sequence[Refund], *, actor: Actor, now: datetime) -> None:
    """Count new requests by what the buyers say (P6). Their programmes are known by now."""
    counted = [refund for refund in refunds if _counts(refund, QualityPolicy.BY_APPLICATION)]
    for refund in counted:
        _count(writes, refund, actor=actor, now=now)
    if counted:
        note_counted(writes, {refund.store_id for refund in counted}, now)


def count_correction(writes: WriteSet, refund: Refund, *, actor: Actor, now: datetime) -> None:
    """Count a corrected request that is about quality now and wasn't before. The refund is locked."""
    _count_missing(writes, [refund], QualityPolicy.BY_APPLICATION, actor=actor, now=now)


@receiver(faults_verified)
def count_verified(sender, refunds, writes, actor, now, **kwargs) -> None:
    """Count refunds whose fault is verified, where the marketplace waits for that."""
    _count_missing(writes, refunds, QualityPolicy.VERIFIED_FAULT, actor=actor, now=now)


def _counts(refund: Refund, policy: str) -> bool:
    rules = refund.rules
    return (
        rules.quality_policy == policy
        and refund.reason in rules.quality_reasons
        and refund.programme != RefundProgramme.RETURNLESS
        and refund.split_from_id is None  # the request that it was split from has counted
    )


def _count_missing(writes: WriteSet, refunds: Sequence[Refund], policy: str, *, actor: Actor, now: datetime) -> None:
    """Count those that count under this policy and aren't counted yet; one statement finds them all."""
    wanted = {refund.pk: refund for refund in refunds if _counts(refund, policy)}
    if not wanted:
        return
    store_ids = {refund.store_id for refund in wanted.values()}
    counted = QualityRefund.objects.filter(store_id__in=store_ids, refund_id__in=wanted)
    missing = wanted.keys() - set(counted.values_list("refund_id", flat=True))
    for refund_id in missing:
        _count(writes, wanted[refund_id], actor=actor, now=now)
    if missing:
        note_counted(writes, {wanted[refund_id].store_id for refund_id in missing}, now)


def _count(writes: WriteSet, refund: Refund, *, actor: Actor, now: datetime) -> None:
    record_counted(writes, refund, reason=refund.reason, since=now, actor=actor, now=now)
    if refund.rules.quality_thresholds:
        writes.hint(tell_worker, refund.store_id)


def record_counted(
    writes: WriteSet, refund: Refund, *, reason: str, since: datetime, actor: Actor, now: datetime
) -> None:
    """Keep that a refund counts for this reason since that instant, and the event that tells of it."""
    policy = refund.rules.quality_policy
    writes.insert(
        QualityRefund(store_id=refund.store_id, refund=refund, reason=reason, policy=policy, counted_at=since)
    )
    writes.event(REFUND_COUNTED, refund, topic=refund, at=now, actor=actor, rule="P6", policy=policy, reason=reason)


def tell_worker(store_ids: Sequence[int]) -> None:
    """Have a worker look at these stores' figures now."""
    for store_id in sorted(set(store_ids)):
        tell("refunds.tasks.review_quality_of", store_id=store_id)
