"""Joining refund without return: five steps in their order, each of which may be done again until the last (R2, R8).

Locks: the enrolment, then the budget.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.utils.translation import gettext as _
from django_fsm import can_proceed

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, refuse_if
from common.events import EventType
from common.writes import WriteSet
from payments import budgets
from payments.models import Budget
from refunds.models import CoveredProduct, Enrolment
from refunds.returnless.agreements import CURRENT
from refunds.returnless.events import (
    RETURNLESS_AGREEMENT_ACCEPTED,
    RETURNLESS_AUTO_TOP_UP_SET,
    RETURNLESS_BUDGET_PLANNED,
    RETURNLESS_CONFIRMED,
    RETURNLESS_PRODUCTS_CHOSEN,
)
from refunds.returnless.why_not import (
    why_not_confirm,
    why_not_cover,
    why_not_fill,
    why_not_offered,
    why_not_step,
)
from refunds.states import EnrolmentStep
from stores.models import Product, Store


class AutoTopUp(TypedDict):
    """Below `threshold` yuan the budget gets `amount` yuan more, as often as it takes."""

    on: bool
    threshold: Decimal
    amount: Decimal


class Settings(TypedDict, total=False):
    """What a store may set, in the order of the steps."""

    agreement_version: str
    budget: Decimal
    auto_top_up: AutoTopUp
    products: Sequence[str]


def enrolment_of(store_id: int) -> Enrolment | None:
    """The store's enrolment with its budget, to read."""
    return Enrolment.objects.for_store(store_id).select_related("budget").first()


def lock_enrolment(store_id: int) -> Enrolment | None:
    """The store's enrolment, locked, and then its budget."""
    enrolment = Enrolment.objects.for_store(store_id).select_for_update(no_key=True).first()
    if enrolment is not None:
        enrolment.budget = budgets.lock_budget(store_id)
    return enrolment


@action
def change_settings(*, store: Store, settings: Settings, actor: Actor, now: datetime) -> Enrolment | None:
    """Do the steps that `settings` names, in the order of R2, all or none; later the same call changes what was set.

    No money moves before the last step: until the store has joined, a budget is only planned.

    Refused `enrolment_incomplete` names the step that comes first. `budget` is the yuan that the budget shall hold;
    `products` are item ids of the store's own products (R4).
    """
    refuse_if(why_not_offered(store))
    if not settings:
        return enrolment_of(store.pk)
    enrolment = _open(store)
    writes = WriteSet()
    if "agreement_version" in settings:
        _accept_agreement(writes, enrolment, settings["agreement_version"], actor, now)
    if "budget" in settings:
        _step(enrolment, EnrolmentStep.BUDGET, enrolment.set_budget)
        _set_budget(writes, enrolment, settings["budget"], actor, now)
    if "auto_top_up" in settings:
        _step(enrolment, EnrolmentStep.AUTO_TOP_UP, enrolment.set_auto_top_up)
        _set_auto_top_up(writes, enrolment, settings["auto_top_up"], actor, now)
    if "products" in settings:
        _step(enrolment, EnrolmentStep.PRODUCTS, enrolment.choose_products)
        _choose_products(writes, enrolment, settings["products"], actor, now)
    if enrolment.is_joined:
        budgets.keep_topped_up(writes, enrolment.budget, actor=actor, now=now)
    writes.update(enrolment, "status")
    writes.flush()
    return enrolment


def _open(store: Store) -> Enrolment:
    """The store's enrolment, made when it is first asked for, locked with its budget."""
    if not Enrolment.objects.for_store(store.pk).exists():
        Budget.objects.bulk_create([Budget(store=store)], ignore_conflicts=True)
        budget = Budget.objects.for_store(store.pk).get()
        row = Enrolment(store=store, budget=budget, version=store.rules.returnless_version)
        Enrolment.objects.bulk_create([row], ignore_conflicts=True)
    enrolment = lock_enrolment(store.pk)
    enrolment.store = store
    return enrolment


def _step(enrolment: Enrolment, step: str, do: Callable[[], None]) -> None:
    """Go a step if it is its turn; one that is done may be done again."""
    refuse_if(why_not_step(enrolment, step))
    if can_proceed(do):
        do()


def _accept_agreement(writes: WriteSet, enrolment: Enrolment, version: str, actor: Actor, now: datetime) -> None:
    if version != CURRENT:
        raise Invalid(
            "agreement_version", _("Accept the current agreement, version %(version)s.") % {"version": CURRENT}
        )
    before = enrolment.status
    _step(enrolment, EnrolmentStep.AGREEMENT, enrolment.accept_agreement)
    offered = enrolment.store.rules.returnless_version
    enrolment.agree(version=offered, text_version=version, by=actor.label or actor.id, now=now)
    writes.update(enrolment, "version", "agreement_version", "agreement_at", "agreement_by")
    record_step(
        writes, RETURNLESS_AGREEMENT_ACCEPTED, enrolment, before, actor=actor, now=now, rule="R2", version=version
    )


def _set_budget(writes: WriteSet, enrolment: Enrolment, balance: Decimal, actor: Actor, now: datetime) -> None:
    """Let the budget hold `balance` yuan: at once for who has joined, else with the last step (R2)."""
    if enrolment.is_joined:
        budgets.set_balance(writes, enrolment.budget, balance=balance, actor=actor, now=now)
        return
    refuse_if(budgets.why_not_set_balance(enrolment.budget, balance))
    before = enrolment.planned_budget
    enrolment.planned_budget = balance
    writes.update(enrolment, "planned_budget")
    data = {"amount": f"{balance:.2f}", "was": None if before is None else f"{before:.2f}"}
    record_step(writes, RETURNLESS_BUDGET_PLANNED, enrolment, enrolment.status, actor=actor, now=now, rule="R2", **data)


def _set_auto_top_up(writes: WriteSet, enrolment: Enrolment, wanted: AutoTopUp, actor: Actor, now: datetime) -> None:
    if wanted["on"] and not wanted["amount"]:
        raise Invalid("auto_top_up", _("Say by how much the budget tops itself up."))
    budget = enrolment.budget
    before = [budget.tops_up, f"{budget.top_up_amount:.2f}", f"{budget.threshold:.2f}"]
    budget.tops_up, budget.threshold, budget.top_up_amount = wanted["on"], wanted["threshold"], wanted["amount"]
    writes.update(budget, "tops_up", "threshold", "top_up_amount")
    data = {"on": wanted["on"], "threshold": f"{wanted['threshold']:.2f}", "amount": f"{wanted['amount']:.2f}"}
    data["was"] = before
    record_step(
        writes, RETURNLESS_AUTO_TOP_UP_SET, enrolment, enrolment.status, actor=actor, now=now, rule="R2", **data
    )


def _choose_products(
    writes: WriteSet, enrolment: Enrolment, wanted: Sequence[str], actor: Actor, now: datetime
) -> None:
    """Replace the allow-list (R3, R4).

    What is added holds from the next live session on; what is taken off ends at once.
    """
    if not wanted:
        raise Invalid("products", _("Choose at least one product."), "required")
    store_id = enrolment.store_id
    found = {product.item_id: product for product in Product.objects.for_store(store_id).filter(item_id__in=wanted)}
    for item_id in wanted:
        refuse_if(why_not_cover(item_id, found.get(item_id)))
    covered = set(CoveredProduct.objects.for_store(store_id).values_list("item_id", flat=True))
    removed = sorted(covered - set(wanted))
    added = [item_id for item_id in wanted if item_id not in covered]
    if removed:
        CoveredProduct.objects.for_store(store_id).filter(item_id__in=removed).delete()
    for item_id in added:
        product = found[item_id]
        row = CoveredProduct(store_id=store_id, enrolment=enrolment, product=product, item_id=item_id, added_at=now)
        writes.insert(row)
    data = {"added": added, "removed": removed}
    record_step(
        writes, RETURNLESS_PRODUCTS_CHOSEN, enrolment, enrolment.status, actor=actor, now=now, rule="R4", **data
    )


def record_step(
    writes: WriteSet,
    event: EventType,
    enrolment: Enrolment,
    before: str,
    *,
    actor: Actor,
    now: datetime,
    rule: str,
    **data,
) -> None:
    """Record what happened to the enrolment, in the history of its budget."""
    writes.event(
        event,
        enrolment,
        topic=enrolment.topic_id,
        at=now,
        actor=actor,
        states=(before, enrolment.status),
        rule=rule,
        **data,
    )


@action
def confirm_enrolment(*, store: Store, actor: Actor, now: datetime) -> Enrolment:
    """The last step: from the next live session on, orders are promised a refund without return (R2, R3).

    Only now the planned yuan move from the merchant's funds into the budget, and what its automatic top-up adds.

    Refused `enrolment_incomplete` names the step that is missing; `budget_exhausted` when nothing is in the budget.
    """
    refuse_if(why_not_offered(store))
    enrolment = lock_enrolment(store.pk)
    refuse_if(why_not_confirm(enrolment))
    writes = WriteSet()
    if enrolment.planned_budget is not None:
        budgets.set_balance(writes, enrolment.budget, balance=enrolment.planned_budget, actor=actor, now=now)
        enrolment.planned_budget = None
    budgets.keep_topped_up(writes, enrolment.budget, actor=actor, now=now)
    before = enrolment.status
    enrolment.confirm(now=now)
    writes.update(enrolment, "status", "planned_budget", "confirmed_at", "left_at")
    record_step(writes, RETURNLESS_CONFIRMED, enrolment, before, actor=actor, now=now, rule="R2")
    writes.flush()
    return enrolment


@action
def top_up_budget(*, store: Store, amount: Decimal, actor: Actor, now: datetime) -> Enrolment:
    """Add `amount` yuan to the service budget, or to the planned one of a store that hasn't joined yet (R2, R5).

    Refused `enrolment_incomplete` before the budget is set.
    """
    refuse_if(why_not_offered(store))
    enrolment = lock_enrolment(store.pk)
    refuse_if(why_not_fill(enrolment))
    writes = WriteSet()
    if enrolment.is_joined:
        budgets.top_up(writes, enrolment.budget, amount=amount, actor=actor, now=now)
    else:
        planned = enrolment.budget.balance if enrolment.planned_budget is None else enrolment.planned_budget
        _set_budget(writes, enrolment, planned + amount, actor, now)
    writes.flush()
    return enrolment
