"""Deadlines: what happens to refunds when nobody acted in time (T10, P1)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop

from common import clock
from common.actions import action
from common.actors import SYSTEM, Actor
from common.setbacks import sweep_apart, sweep_rows
from common.upkeep import Sweep
from common.writes import WriteSet
from refunds.actions import approve, pay, record
from refunds.deciding import decide_waiting_rows
from refunds.events import REFUND_CLOSED
from refunds.events.goods import REFUND_INSPECTION_OVERDUE, REFUND_RECALL_OVERDUE
from refunds.exchanges import owe_new_goods
from refunds.following import pay_recalled
from refunds.goods import Whereabouts, is_reachable
from refunds.holds import lines_of, release
from refunds.models import Refund, UnclaimedParcel
from refunds.quality.restrictions import review_all
from refunds.quality.rollup import roll_up_days
from refunds.retention import DECISIONS, PARCELS, STRAY_FILES, STRAY_PACKS
from refunds.returns import name_return_address
from refunds.signals import faults_verified, refunds_decided
from refunds.states import DueAction, RefundStatus, UnclaimedStatus
from refunds.team.assigning import share_out_refunds
from refunds.unclaimed.matching import match_announced_parcels
from refunds.unclaimed.recording import note_overdue_parcels
from stores.actions import default_return_addresses
from stores.models import ReturnAddress

BATCH = 500

# What the deadlines' outcomes read; the rest of both rows stays in the database.
COLUMNS = (
    *("store", "order", "kind", "reason", "programme", "amount", "goods", "is_followed"),
    *("status", "due_at", "due_action", "resolved_at"),
    *("rules_name", "rules_version"),
    *(
        "order__store",
        "order__status",
        "order__shipped_pieces",
        "order__address",
        "order__buyer_id",
        "order__paid_amount",
        "order__claimed_amount",
    ),
)


def sweep_due_refunds(*, limit: int = BATCH) -> int:
    """Do what the deadlines of up to `limit` overdue refunds bring; returns how many moved.

    Rows that somebody else has locked are left to the next sweep.
    """
    now = clock.now()
    return sweep_rows(
        "deadlines",
        partial(_overdue, now),
        lambda refunds: expire_refunds(refunds=refunds, actor=SYSTEM, now=now),
        limit=limit,
    )


def _overdue(now: datetime) -> QuerySet[Refund]:
    """Overdue refunds with their orders, to be locked, orders first."""
    due = Refund.objects.in_scope().due(now).select_related("order").only(*COLUMNS)
    return due.select_for_update(of=("order", "self"), skip_locked=True, no_key=True).order_by("due_at")


def name_missing_addresses(*, limit: int = BATCH) -> int:
    """Tell the buyers of up to `limit` returns that wait for an address the default of their store; returns how many.

    Their time begins then (P1).
    """
    now = clock.now()
    return sweep_apart("returns without an address", _to_nowhere, partial(_name_addresses, now=now), limit=limit)


def _to_nowhere() -> QuerySet[Refund]:
    """Returns that wait for an address, and so for a person, of stores that have one by now.

    Where those of a connected marketplace go, it says itself.
    """
    addresses = ReturnAddress.objects.in_scope().usable().filter(store_id=OuterRef("store_id"))
    waiting = Refund.objects.in_scope().filter(needs_attention=True, is_followed=False)
    waiting = waiting.filter(status=RefundStatus.AWAITING_RETURN, return_address=None)
    return waiting.filter(Exists(addresses)).order_by("id")


def _name_addresses(refunds: Sequence[Refund], now: datetime) -> None:
    for refund in refunds:  # each locks its order first
        name_return_address(store_id=refund.store_id, refund_id=refund.pk, actor=SYSTEM, now=now)


@action
def expire_refunds(*, refunds: Sequence[Refund], actor: Actor, now: datetime) -> None:
    """Move overdue refunds that the caller has locked with their orders, in one statement."""
    orders: dict = {}
    for refund in refunds:
        refund.order = orders.setdefault(refund.order_id, refund.order)  # one object per order
    due = defaultdict(list)
    for refund in refunds:
        due[refund.due_action].append(refund)
    lines_of([refund for refund in refunds if _needs_lines(refund)])  # together: one object per order line
    writes = WriteSet()
    _approve(writes, due[DueAction.APPROVE], actor, now)
    _close(writes, due[DueAction.CLOSE], actor, now)
    _refund(writes, due[DueAction.REFUND], actor, now)
    writes.flush()


def _needs_lines(refund: Refund) -> bool:
    """Whether what its deadline brings moves pieces or gives yuan back."""
    in_parts = refund.order.is_partly_shipped
    return refund.due_action == DueAction.CLOSE or not refund.pays or in_parts or is_reachable(refund)


def _approve(writes: WriteSet, refunds: Sequence[Refund], actor: Actor, now: datetime) -> None:
    """The merchant didn't answer: the buyer's original request is approved (T10)."""
    if not refunds:
        return
    stores = {refund.store_id for refund in refunds if refund.moves_goods}
    addresses = default_return_addresses(stores) if stores else {}
    whereabouts = Whereabouts(refunds)
    for refund in sorted(refunds, key=attrgetter("store_id")):  # budgets are locked in the order of their stores
        address = addresses.get(refund.store_id)
        approve(writes, refund, address=address, actor=actor, now=now, rule="T10", whereabouts=whereabouts)
    uncontested = [refund for refund in refunds if not refund.moves_goods]
    faults_verified.send(sender=Refund, refunds=uncontested, writes=writes, actor=actor, now=now)
    refunds_decided.send(sender=Refund, refunds=refunds, writes=writes, actor=actor, now=now)


def _close(writes: WriteSet, refunds: Sequence[Refund], actor: Actor, now: datetime) -> None:
    """The buyer didn't send the goods, or let the merchant's no stand."""
    if not refunds:
        return
    release(writes, refunds)
    for refund in refunds:
        before = refund.status
        refund.close(now=now)
        record(writes, REFUND_CLOSED, refund, before, actor=actor, now=now, rule="P1")


def _refund(writes: WriteSet, refunds: Sequence[Refund], actor: Actor, now: datetime) -> None:
    """Nobody inspected what came back in time, or nobody knows where the recalled parcel is (P4)."""
    uninspected = [refund for refund in refunds if refund.status == RefundStatus.RETURNING]
    exchanges = [refund for refund in uninspected if not refund.pays]
    owe_new_goods(writes, exchanges, event=REFUND_INSPECTION_OVERDUE, note="", actor=actor, now=now, rule="P1")
    for refund in refunds:
        if refund.status == RefundStatus.RECALLING:
            pay_recalled(writes, refund, REFUND_RECALL_OVERDUE, now)
    for refund in uninspected:
        if not refund.pays:
            continue
        before = refund.status
        refund.pass_inspection(note="")
        pay(writes, refund, actor=actor, now=now, rule="P1")
        record(writes, REFUND_INSPECTION_OVERDUE, refund, before, actor=actor, now=now, rule="P1")
    faults_verified.send(sender=Refund, refunds=uninspected, writes=writes, actor=actor, now=now)


SWEEPS = (
    Sweep(
        gettext_noop("deadlines"),
        sweep_due_refunds,
        "refunds.tasks.sweep_refunds",
        of_stores=True,
        due=((Refund, "due_at"),),
        undone=lambda: Refund.objects.moved_here(),
    ),
    Sweep("returns without an address", name_missing_addresses, "refunds.tasks.sweep_refunds", of_stores=True),
    Sweep("refunds to share out", share_out_refunds, "refunds.tasks.sweep_refunds", of_stores=True),
    Sweep("parcels announced meanwhile", match_announced_parcels, "refunds.tasks.sweep_refunds", of_stores=True),
    Sweep(
        gettext_noop("unclaimed parcels"),
        note_overdue_parcels,
        "refunds.tasks.sweep_refunds",
        of_stores=True,
        due=((UnclaimedParcel, "due_at"),),
        undone=lambda: UnclaimedParcel.objects.filter(status=UnclaimedStatus.WAITING, overdue_at=None),
    ),
    Sweep("bulk decisions", decide_waiting_rows, "refunds.tasks.resume_decision_jobs", of_stores=True),
    Sweep("quality days", roll_up_days, "refunds.tasks.roll_up_quality", of_stores=True),
    Sweep("restrictions", review_all, "refunds.tasks.review_quality", of_stores=True),
    Sweep(PARCELS.name, PARCELS.step, "common.tasks.forget_what_is_old"),
    Sweep(STRAY_FILES.name, STRAY_FILES.step, "common.tasks.forget_what_is_old"),
    Sweep(STRAY_PACKS.name, STRAY_PACKS.step, "common.tasks.forget_what_is_old"),
    Sweep(DECISIONS.name, DECISIONS.step, "common.tasks.forget_what_is_old"),
)
