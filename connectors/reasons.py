"""The platforms' own reasons to refuse: read for refunds that wait for their merchant, and kept with the time.

They are read once a turn has nothing more urgent to do, so that they are there when somebody opens the form. Where they
can't be read nothing stops: the reason is then found by the words that were written.
"""

import logging
from datetime import datetime

from common import clock
from common.actions import bookkeeping
from common.errors import kind_of
from common.queries import named_query
from common.tenancy import tenant_scope
from connectors.copies import copy_from_json
from connectors.models import MirroredRefund
from connectors.port import (
    Platform,
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
    RefundCopy,
    RefundStage,
    RefusalReason,
    Throttled,
    Unreachable,
    Verb,
)
from connectors.talking import Talk
from refunds.objections import MarketplaceReason, MarketplaceReasons

log = logging.getLogger("wanliu.connectors")

REFUSALS = {RefundStage.ASKED: Verb.REFUSE, RefundStage.RETURNING: Verb.REFUSE_RECEIPT}


def note_copy(row: MirroredRefund, copy: RefundCopy, platform: Platform) -> None:
    """A copy is about to be kept in `row`: where the merchant is asked for another answer, reasons are wanted anew."""
    if (row.stage, row.copy.get("raw_kind")) == (copy.stage, copy.raw_kind):
        return
    row.reasons = row.reasons_read_at = None
    row.reasons_due = REFUSALS.get(copy.stage) in platform.decides


def read_reasons(talk: Talk) -> bool:
    """Read the reasons for the newest refund that wants some; False when none does, or the platform doesn't answer."""
    store_id = talk.connection.store_id
    with tenant_scope(store_id):
        row = _newest_without.one(store_id=store_id)
    if row is None:
        return False
    copy, read_at = copy_from_json(row.copy), clock.now()
    kept: list[dict] | None = None
    try:
        reasons = talk.ask(lambda platform, shop: platform.refusal_reasons(shop, copy, now=read_at))
        kept = [vars(reason) for reason in reasons]
    except (Throttled, ReauthorisationNeeded):
        raise
    except (Unreachable, PlatformFault):
        return False
    except PlatformError as error:
        log.warning("refund %s of connection %s has no reasons: %s", row.pk, talk.connection.pk, kind_of(error))
    with tenant_scope(store_id):
        _keep_reasons(row, kept, None if kept is None else read_at)
    return True


@named_query
def _newest_without(store_id: int):
    return MirroredRefund.objects.for_store(store_id).filter(reasons_due=True).order_by("-id")[:1]


@bookkeeping("What the platform offers to pick from; what is picked is on record.")
def _keep_reasons(row: MirroredRefund, kept: list[dict] | None, read_at: datetime | None) -> None:
    rows = MirroredRefund.objects.for_store(row.store_id).filter(pk=row.pk, stage=row.stage)
    rows.update(reasons=kept, reasons_read_at=read_at, reasons_due=False)


def kept_reasons(row: MirroredRefund) -> list[RefusalReason] | None:
    """What was read for a refund as it stands; None where nothing was."""
    return None if row.reasons is None else [RefusalReason(**reason) for reason in row.reasons]


def told_reasons(row: MirroredRefund) -> MarketplaceReasons | None:
    """The same for whoever decides; None where there is nothing to pick."""
    if not row.reasons or row.reasons_read_at is None:
        return None
    return MarketplaceReasons(tuple(MarketplaceReason(**reason) for reason in row.reasons), row.reasons_read_at)
