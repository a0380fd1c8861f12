"""Delay reports whose expected date has passed (K4)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db.models import QuerySet

from common import clock
from common.actions import action
from common.actors import SYSTEM, Actor
from common.setbacks import sweep_rows
from common.writes import WriteSet
from orders.delays.events import DELAY_LIFTED, DELAY_OVERDUE
from orders.models.delay import DelayedOrder, DelayReport
from orders.states import OrderStatus

BATCH = 100


def sweep_due_reports(*, limit: int = BATCH) -> int:
    """Flag the reports with orders left to ship, and lift those whose orders have all shipped; returns how many."""
    now = clock.now()
    return sweep_rows(
        "delay reports",
        partial(_overdue, now),
        lambda reports: flag_delay_reports(reports=reports, actor=SYSTEM, now=now),
        limit=limit,
    )


def _overdue(now: datetime) -> QuerySet[DelayReport]:
    due = DelayReport.objects.open().filter(overdue_at__isnull=True, expected_at__lte=now)
    return due.select_for_update(skip_locked=True, no_key=True).order_by("expected_at")


@action
def flag_delay_reports(*, reports: Sequence[DelayReport], actor: Actor, now: datetime) -> None:
    """The date of these locked reports has passed: each is overdue, or lifted when all its orders have shipped."""
    left = DelayedOrder.objects.filter(report__in=reports, order__status=OrderStatus.UNSHIPPED)
    with_orders = set(left.values_list("report_id", flat=True))
    writes = WriteSet()
    for report in reports:
        before = report.status
        if report.pk in with_orders:
            report.overdue_at, event = now, DELAY_OVERDUE
        else:
            report.lifted_at, event = now, DELAY_LIFTED
        writes.update(report, "overdue_at", "lifted_at")
        writes.event(event, report, topic=report, at=now, actor=actor, states=(before, report.status), rule="K4")
    writes.flush()
    lifted = [report.pk for report in reports if report.lifted_at]
    DelayedOrder.objects.filter(report__in=lifted).update(is_open=False)
