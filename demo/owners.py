"""What the demo's owners set and change, so that *What changed* tells what was and what is; and their automatic rule.

The rule is published before the refunds that `demo.ruled` plays.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal

from automation.actions import change_rule, draft_rule, publish_rule
from automation.models import StoreRule
from automation.states import RuleAct
from common import clock
from common.tenancy import tenant_scope
from notices.actions import set_notice_terms
from notices.states import Gathering
from offers.insights.rates import set_cost_rates
from refunds.states import RefundReason
from stores.actions import update_store
from stores.models import Store, User
from stores.permissions import actor_of

RULED_STORE = "tmall-demo"
RULE = "外箱压坏：退一部分款"
LIVE_SINCE = 31 * 24  # hours before now
DRAFT = {
    "act": RuleAct.OFFER,
    "method": "partial_refund",
    "percent": 10,
    "reasons": [RefundReason.PACKAGING_DAMAGED],
    "items": ["710023"],
    "text": "抱歉外箱压坏了，补您一点差价，留下用着好吗？",
    "most_a_day": 20,
    "held_out": 50,
}
CHANGED = {**DRAFT, "percent": 15, "most_a_day": 30}

# Store → (hours before now, action, what it is told).
ACTS: dict[str, tuple] = {
    RULED_STORE: (
        (32 * 24, update_store, {"tried_percent": 30}),
        (200, update_store, {"most_offered_percent": 30}),
        (150, set_cost_rates, {"changes": {"return_freight": Decimal("13.50")}}),
        (90, update_store, {"shares_out_refunds": True}),
        (70, set_notice_terms, {"changes": {"quiet_from": time(22), "quiet_until": time(8)}}),
        (20, set_notice_terms, {"changes": {"quiet_from": time(23), "gathering": Gathering.AT_ONCE}}),
        (5, update_store, {"agent_offer_ceiling": Decimal("60.00"), "shares_out_refunds": False}),
        (2, update_store, {"agent_offer_ceiling": Decimal("80.00")}),
    ),
    "pinduoduo-demo": (
        (120, update_store, {"agent_approval_ceiling": Decimal("300.00")}),
        (44, update_store, {"agent_approval_ceiling": Decimal("500.00"), "finance_payment_ceiling": Decimal("200.00")}),
        (30, set_notice_terms, {"changes": {"gathering": Gathering.AT_ONCE}}),
    ),
}
OF_THE_RULE = 4


def count(store_code: str) -> int:
    """How many happenings there are."""
    return len(ACTS.get(store_code, ())) + (OF_THE_RULE if store_code == RULED_STORE else 0)


def happenings(store: Store, now: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """(when, what) of what the store's owner set."""
    for ago, action, told in ACTS.get(store.code, ()):
        yield now - timedelta(hours=ago), lambda action=action, told=told: _act(store, action, told)
    if store.code == RULED_STORE:
        yield now - timedelta(hours=LIVE_SINCE + 1), lambda: _rule(store, draft_rule, name=RULE, definition=DRAFT)
        yield now - timedelta(hours=LIVE_SINCE), lambda: _publish(store)
        yield now - timedelta(hours=140), lambda: _change(store)
        yield now - timedelta(hours=139.5), lambda: _publish(store)


def _owner(store: Store) -> dict:
    return {"actor": actor_of(User.objects.get(username=store.code)), "now": clock.now()}


def _act(store: Store, action: Callable, told: dict) -> None:
    with tenant_scope(store.pk):
        action(store=Store.objects.get(pk=store.pk), **told, **_owner(store))


def _rule(store: Store, action: Callable, **told) -> None:
    with tenant_scope(store.pk):
        action(store=store, **told, **_owner(store))


def _the_rule(store: Store) -> StoreRule:
    return StoreRule.objects.for_store(store.pk).get()


def _change(store: Store) -> None:
    with tenant_scope(store.pk):
        rule = _the_rule(store)
    _rule(store, change_rule, rule_id=rule.pk, name=RULE, definition=CHANGED)


def _publish(store: Store) -> None:
    with tenant_scope(store.pk):
        publish_rule(store_id=store.pk, rule_id=_the_rule(store).pk, **_owner(store))
