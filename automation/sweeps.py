"""What rules have to look at: refunds that were asked for since one of their store's rules is on."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import CharField, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from automation.models import Ruling, StoreRule, live_unknown
from automation.running import rule_on
from automation.states import RuleStatus
from common import clock
from common.actors import SYSTEM
from common.models import Setback
from common.setbacks import sweep_each
from common.tenancy import store_alone, system_scope
from common.upkeep import Sweep
from refunds.models import Refund
from refunds.states import RefundStatus
from stores.models import Store

BATCH = 100
SWEEP = "automatic rules"


def run_rules(*, limit: int = BATCH) -> int:
    """Let rules decide about up to `limit` refunds, each in a transaction of its own; returns how many were ruled on.

    Safe to run anywhere, any number of times, and to kill at any moment: a refund is due until it has its ruling.
    """
    with system_scope():
        set_back = dict(_set_back().values_list("pk", "store_id"))
        since = dict(_live_rules().values_list("store_id").annotate(since=Min("live_since")))
        unknown = set(live_unknown().values_list("store_id", flat=True)) if since else set()
    ruled = 0
    for is_unknown in (False, True):  # what is left to newer workers is walked past, once the others have their rulings
        stores = {store_id: at for store_id, at in since.items() if (store_id in unknown) is is_unknown}
        ruled += _walk(stores, limit - ruled)
    return ruled + _rule_on_each(set_back)


def _walk(since: dict[int, datetime], limit: int) -> int:
    """Rule on what is due in these stores, oldest first, until so many have their ruling or none is left to look at."""
    ruled, last = 0, None
    while since and ruled < limit:
        with system_scope():
            rows = _due(since) if last is None else _due(since).filter(pk__gt=last)
            due = dict(rows.values_list("pk", "store_id")[: limit - ruled])
        if not due:
            break
        last = max(due)
        ruled += _rule_on_each(due)
    return ruled


def _rule_on_each(due: dict[UUID, int]) -> int:
    return sweep_each(SWEEP, map(str, due), lambda key: _rule_on(due[UUID(key)], UUID(key)))


def _rule_on(store_id: int, refund_id: UUID) -> int:
    with system_scope():
        return int(rule_on(store_id=store_id, refund_id=refund_id, actor=SYSTEM, now=clock.now()) is not None)


def _set_back() -> QuerySet[Refund]:
    """Those at which the sweep has failed and that are to be tried again, whatever became of them meanwhile."""
    if store_alone() is not None:
        return Refund.objects.none()
    keys = Setback.objects.filter(sweep=SWEEP).due().values_list("key", flat=True)
    return Refund.objects.filter(pk__in=[UUID(key) for key in keys])


def _due(since: dict[int, datetime]) -> QuerySet[Refund]:
    """Requests in these stores that await their merchant without a ruling, oldest first, but for what is set back."""
    of_stores = Q()
    for store_id, live_since in since.items():
        of_stores |= Q(store_id=store_id, created_at__gte=live_since)
    set_back = Setback.objects.filter(sweep=SWEEP, key=Cast(OuterRef("pk"), CharField()))
    rulings = Ruling.objects.filter(store_id=OuterRef("store_id"), refund=OuterRef("pk"))
    due = Refund.objects.filter(of_stores, status=RefundStatus.AWAITING_MERCHANT).filter(~Exists(rulings))
    return due.filter(~Exists(set_back)).order_by("pk")


def _live_rules() -> QuerySet[StoreRule]:
    """Those of sandboxes whose clock is ahead act by that clock alone."""
    rules = StoreRule.objects.in_scope().filter(status=RuleStatus.LIVE)
    if store_alone() is None:
        rules = rules.filter(store__in=Store.objects.filter(clock_ahead=timedelta()))
    return rules


SWEEPS = (Sweep(SWEEP, run_rules, "automation.tasks.run_rules", of_stores=True),)
