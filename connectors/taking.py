"""A copy that was read becomes the mirror, and the refund here follows it: the newer copy wins, whenever it comes."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.tenancy import tenant_scope
from connectors.copies import copy_as_json, digest_of, is_same_deadline
from connectors.models import Connection, MirroredRefund
from connectors.port import RefundCopy, RefundStage

log = logging.getLogger("wanliu.connectors")

LONGEST_ID, MOST_VERSION = 64, 2**63 - 1


def take_copy(connection: Connection, copy: RefundCopy, *, read_at: datetime, now: datetime) -> bool:
    """Keep a copy and let the refund follow it, in a transaction of its own; returns whether it was news.

    Nothing happens for one that is older than what is kept, or says the same. What nobody can take over is kept with
    the reason, for a person to look at; the next newer copy is tried again.
    """
    if not 0 < len(copy.id) <= LONGEST_ID or not -MOST_VERSION <= copy.version <= MOST_VERSION:
        log.error("a refund of connection %s has an id or a version that nobody can keep", connection.pk)
        return False
    with transaction.atomic(), tenant_scope(connection.store_id):
        rows = MirroredRefund.objects.for_store(connection.store_id).select_for_update(no_key=True)
        row = rows.filter(platform_id=copy.id).first()
        if row is None:
            row = MirroredRefund(store_id=connection.store_id, connection=connection, platform_id=copy.id)
        elif not _is_news(row, copy, read_at):
            if copy.version == row.version and read_at > row.read_at:
                row.read_at = read_at
                row.save(update_fields=["read_at"])
            return False
        _keep(row, copy, read_at)
        row.needs_look = bool(row.problem) or copy.stage == RefundStage.UNKNOWN
        row.save()
    return True


def put_aside(connection: Connection, *, platform_id: str, order_number: str, problem: str, now: datetime) -> None:
    """A refund that is there and can't be read: kept with the reason, for a person to look at."""
    with transaction.atomic(), tenant_scope(connection.store_id):
        row, _is_new = MirroredRefund.objects.get_or_create(
            store_id=connection.store_id,
            platform_id=platform_id[:LONGEST_ID],
            defaults={"connection": connection, "order_number": order_number[:LONGEST_ID], "read_at": now},
        )
        row.problem, row.needs_look = problem[:300] or str(_("It could not be read.")), True
        row.save(update_fields=["problem", "needs_look"])


def _is_news(row: MirroredRefund, copy: RefundCopy, read_at: datetime) -> bool:
    if copy.version != row.version or read_at <= row.read_at:
        return copy.version > row.version
    if row.problem or row.digest != digest_of(copy):
        return True
    kept = row.copy["deadline"]
    return not is_same_deadline(copy.deadline, datetime.fromisoformat(kept) if kept else None)


def _keep(row: MirroredRefund, copy: RefundCopy, read_at: datetime) -> None:
    row.version, row.digest, row.copy = copy.version, digest_of(copy), copy_as_json(copy)
    row.stage, row.raw_status, row.order_number = copy.stage, copy.raw_status[:100], copy.order.number[:LONGEST_ID]
    row.changed_at, row.read_at, row.problem = copy.updated_at, read_at, ""
