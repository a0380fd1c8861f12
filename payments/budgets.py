"""A store's service budget: top up, reserve, post or void (R5).

The budget's row is a store's hottest, so it is locked last and for the rest of the transaction only. Each change is one
update by a difference, with the ledger's transfers, and the table refuses what would reserve more than was topped up.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Refused, refuse_if
from common.events import EventType
from common.money import MAX_DIGITS, ZERO, grouped
from common.writes import WriteSet
from payments.events import BUDGET_EXCEEDED, BUDGET_LOWERED, BUDGET_TOPPED_UP
from payments.ledger import post_transfer
from payments.models import Budget, Transfer, account_id
from payments.states import AccountKind, TransferPhase, TransferPurpose

MOST = Decimal(10) ** (MAX_DIGITS - 2) - Decimal("0.01")


def lock_budget(store_id: int) -> Budget | None:
    """The store's budget, locked; None when it has none."""
    return Budget.objects.for_store(store_id).select_for_update(no_key=True).first()


def why_not_set_balance(budget: Budget, balance: Decimal) -> Refused | None:
    """Why the budget's balance can't be set to `balance` yuan: more is reserved, or it is more than it may be (R5)."""
    if balance < budget.reserved:
        return Refused(
            "budget_exhausted",
            _("¥%(amount)s is reserved for refunds on their way; the budget can't be lower.")
            % {"amount": grouped(budget.reserved)},
            "budget",
        )
    return why_not_add(budget, balance - budget.balance, "budget")


def why_not_add(budget: Budget, amount: Decimal, attr: str = "amount") -> Refused | None:
    """Why `amount` yuan can't be added: the balance would be more than it may be."""
    if budget.balance + amount <= MOST:
        return None
    return Refused("budget_exhausted", _("A budget holds at most ¥%(most)s.") % {"most": grouped(MOST)}, attr)


def set_balance(writes: WriteSet, budget: Budget, *, balance: Decimal, actor: Actor, now: datetime) -> None:
    """Set a locked budget's balance, in yuan: the difference comes from the merchant's funds or goes back to them.

    Refused `budget_exhausted` when more than that is reserved for payments on their way.
    """
    refuse_if(why_not_set_balance(budget, balance))
    difference = balance - budget.balance
    if difference > ZERO:
        top_up(writes, budget, amount=difference, actor=actor, now=now)
    elif difference < ZERO:
        _move(budget, balance=difference)
        _book(writes, budget, -difference, TransferPurpose.WITHDRAWAL, actor, now, BUDGET_LOWERED)


def top_up(
    writes: WriteSet, budget: Budget, *, amount: Decimal, actor: Actor, now: datetime, automatic: bool = False
) -> None:
    """Add `amount` yuan of the merchant's funds to a locked budget; promises can rest on it again.

    Refused `budget_exhausted` beyond the most that a balance may be.
    """
    refuse_if(why_not_add(budget, amount))
    _move(budget, balance=amount, short_since=None)
    _book(writes, budget, amount, TransferPurpose.TOP_UP, actor, now, BUDGET_TOPPED_UP, automatic=automatic)


def keep_topped_up(writes: WriteSet, budget: Budget, *, actor: Actor, now: datetime, wanted: Decimal = ZERO) -> None:
    """Top a locked budget up when it would be below its threshold after `wanted` yuan are drawn (R5)."""
    missing = min(budget.automatic_top_up(wanted), MOST - budget.balance)
    if missing > ZERO:
        top_up(writes, budget, amount=missing, actor=actor, now=now, automatic=True)


def draw_on_budget(writes: WriteSet, *, store_id: int, amount: Decimal, topic_id, actor: Actor, now: datetime) -> str:
    """Reserve `amount` yuan for a payout; returns the kind of account that it is paid from.

    That is the service budget, topped up first if it does so by itself. When it is spent, what was promised is paid all
    the same, from the merchant's funds, and recorded so (R5).
    """
    budget = lock_budget(store_id)
    if budget is None:
        return AccountKind.MERCHANT_FUNDS
    keep_topped_up(writes, budget, actor=actor, now=now, wanted=amount)
    if budget.available < amount:
        if budget.short_since is None:
            budget.short_since = now
            Budget.objects.for_store(store_id).update(short_since=now)
        writes.event(
            BUDGET_EXCEEDED,
            budget,
            topic=topic_id,
            at=now,
            actor=actor,
            rule="R5",
            amount=f"{amount:.2f}",
            available=f"{budget.available:.2f}",
        )
        return AccountKind.MERCHANT_FUNDS
    _move(budget, reserved=amount)
    return AccountKind.SERVICE_BUDGET


def settle_draws(transfers: Sequence[Transfer]) -> None:
    """What was reserved in budgets is spent with its posted transfers and free again with its voided ones.

    The caller resolves each transfer once and in the same transaction. Budgets change in the order of their stores.
    """
    totals: dict[int, dict[str, Decimal]] = defaultdict(lambda: {"balance": ZERO, "reserved": ZERO})
    for transfer in transfers:
        if transfer.debit_account_id == account_id(transfer.store_id, AccountKind.SERVICE_BUDGET):
            total = totals[transfer.store_id]
            total["reserved"] -= transfer.amount
            if transfer.phase == TransferPhase.POSTED:
                total["balance"] -= transfer.amount
    if not totals:
        return
    for budget in Budget.objects.in_scope().filter(store_id__in=totals).order_by("store_id"):
        _move(budget, **totals[budget.store_id])


def refill_budgets(transfers: Sequence[Transfer]) -> None:
    """What came back of payouts that budgets had paid is in them again (R5), in the order of their stores."""
    back: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for transfer in transfers:
        if transfer.credit_account_id == account_id(transfer.store_id, AccountKind.SERVICE_BUDGET):
            back[transfer.store_id] += transfer.amount
    if not back:
        return
    for budget in Budget.objects.in_scope().filter(store_id__in=back).order_by("store_id"):
        _move(budget, balance=back[budget.store_id])


def _move(budget: Budget, *, balance: Decimal = ZERO, reserved: Decimal = ZERO, **fields) -> None:
    """Change a budget by these differences; whoever draws on it or lowers it has looked before, under its lock.

    The table refuses to be left with less than it reserves (`budget_reserved_within_balance`).
    """
    rows = Budget.objects.for_store(budget.store_id)
    rows.update(balance=F("balance") + balance, reserved=F("reserved") + reserved, **fields)
    budget.balance += balance
    budget.reserved += reserved
    for name, value in fields.items():
        setattr(budget, name, value)


def _book(writes, budget: Budget, amount: Decimal, purpose: str, actor: Actor, now, event: EventType, **data) -> None:
    """The transfer and the event of a budget that was filled or lowered."""
    sides = (AccountKind.MERCHANT_FUNDS, AccountKind.SERVICE_BUDGET)
    debit, credit = sides if purpose == TransferPurpose.TOP_UP else sides[::-1]
    post_transfer(
        writes,
        store_id=budget.store_id,
        debit=debit,
        credit=credit,
        amount=amount,
        purpose=purpose,
        topic_id=budget.pk,
        now=now,
    )
    writes.event(
        event,
        budget,
        topic=budget,
        at=now,
        actor=actor,
        rule="R5",
        amount=f"{amount:.2f}",
        balance=f"{budget.balance:.2f}",
        **data,
    )
