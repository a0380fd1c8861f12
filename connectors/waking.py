"""Telling workers that something waits for a shop; what is lost of it, beat finds."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from common.actions import bookkeeping
from common.hints import tell_of
from common.obligations import ask_soon
from common.tenancy import system_scope
from connectors.models import Connection, RefundHint, SentDecision
from connectors.states import OUTBOX


@bookkeeping("Looking again is what a worker does by itself; what it finds is on record.")
def wake_shops() -> int:
    """Make due the shops for which something waits: what told a worker of it may have been lost.

    One that was put off keeps its pause: a platform that is down isn't asked every other second for what waits there.
    """
    waiting = [
        Exists(model.objects.due().filter(store_id=OuterRef("store_id")).order_by())
        for model in (SentDecision, RefundHint)
    ]
    asleep = Connection.objects.waking().filter(next_attempt_at__gt=Now(), last_error="")
    return asleep.filter(waiting[0] | waiting[1]).update(next_attempt_at=Now())


def wake_shop(store_ids: Sequence[int]) -> None:
    """Something waits for these stores' shops: have a worker come at once. After the commit that it hangs on."""
    with system_scope():
        ids = _make_due(store_ids)
    tell_of("connectors.tasks.work_on_these_shops", ids)


@bookkeeping("Looking again is what a worker does by itself; what it finds is on record.")
def _make_due(store_ids: Sequence[int]) -> list:
    shops = Connection.objects.waking().filter(store_id__in=set(store_ids))
    shops.update(next_attempt_at=Now())
    return list(shops.values_list("pk", flat=True))


@bookkeeping("When a worker looks at its work next is nobody's act; what comes of it is on record.")
def ask_again(connection: Connection) -> None:
    """The platform answers again: what it left open comes soon, and what a person was called for while it didn't.

    What somebody is at is left as it is.
    """
    for model in (SentDecision, RefundHint):
        rows = model.objects.for_store(connection.store_id)
        left = rows.filter(needs_attention=True).exclude(last_error="")
        if model is SentDecision:
            left = left.filter(status__in=OUTBOX)
        free = left.select_for_update(skip_locked=True, no_key=True).values("pk")
        rows.filter(pk__in=free).update(next_attempt_at=Now(), attempts=1, needs_attention=False)
        ask_soon(rows)


def wake_after_commit(store_id: int) -> None:
    """The same once the open transaction is committed."""
    transaction.on_commit(partial(wake_shop, [store_id]), robust=True)
