"""A copy that was read becomes the mirror, and the refund here follows it: the newer copy wins, whenever it comes."""

import logging
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from common.actors import Actor, ActorKind
from common.errors import WanliuError, kind_of, told_safely
from common.tenancy import tenant_scope
from connectors.copies import copy_as_json, digest_of, is_same_deadline
from connectors.models import Connection, MirroredRefund
from connectors.port import RefundCopy, RefundStage
from connectors.sending import end_with_copy
from connectors.tasks_by_hand import close_tasks_of
from refunds.actions import lock_refund

log = logging.getLogger("wanliu.connectors")

LONGEST_ID, MOST_VERSION = 64, 2**63 - 1


def marketplace_actor(connection: Connection) -> Actor:
    """Whoever did at the marketplace what a copy tells of."""
    return Actor(ActorKind.PLATFORM, connection.platform)


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
        elif not _is_news(row, copy):
            if copy.version == row.version and read_at > row.read_at:
                row.read_at = read_at
                row.save(update_fields=["read_at"])
            return False
        _keep(row, copy, read_at)
        try:
            with transaction.atomic():
                _let_follow(connection, row, copy, now)
        except OperationalError:
            raise
        except Exception as error:
            log.warning("refund %s of connection %s: %s", row.pk, connection.pk, told_safely(error))
            row.problem = (str(error) if isinstance(error, WanliuError) else kind_of(error))[:300]
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


def _is_news(row: MirroredRefund, copy: RefundCopy) -> bool:
    if copy.version != row.version:
        return copy.version > row.version
    if row.problem or row.digest != digest_of(copy):
        return True
    kept = row.copy["deadline"]
    return not is_same_deadline(copy.deadline, datetime.fromisoformat(kept) if kept else None)


def _keep(row: MirroredRefund, copy: RefundCopy, read_at: datetime) -> None:
    row.version, row.digest, row.copy = copy.version, digest_of(copy), copy_as_json(copy)
    row.stage, row.raw_status, row.order_number = copy.stage, copy.raw_status[:100], copy.order.number[:LONGEST_ID]
    row.changed_at, row.read_at, row.problem = copy.updated_at, read_at, ""


def _let_follow(connection: Connection, row: MirroredRefund, copy: RefundCopy, now: datetime) -> None:
    """The one place where a copy becomes what the refund here is."""
    if row.refund_id is None:
        return
    lock_refund(store_id=row.store_id, refund_id=row.refund_id)
    end_with_copy(store_id=row.store_id, refund_id=row.refund_id, copy=copy, actor=marketplace_actor(connection), now=now)
    close_tasks_of(
        store_id=row.store_id, refund_id=row.refund_id, stage=copy.stage, actor=marketplace_actor(connection), now=now
    )
