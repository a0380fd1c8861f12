"""Notices end: what happened stays on record, and the news of it is kept for thirty days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet

from common import clock
from common.actions import bookkeeping
from common.setbacks import sweep_rows
from notices.models import DeskNotice, NoticeCopy, NoticeRead

KEPT_FOR = timedelta(days=30)
BATCH = 1000


def forget_notices() -> int:
    """Delete up to BATCH notices that nobody looks at any more, with their copies; returns how many."""
    return sweep_rows("old notices forgotten", partial(_old, clock.wall()), _forget, limit=BATCH)


def _old(now: datetime) -> QuerySet[DeskNotice]:
    old = DeskNotice.objects.in_scope().filter(created_at__lt=now - KEPT_FOR)
    return old.order_by("created_at").select_for_update(skip_locked=True)


@bookkeeping("What was told stays on record as an event.")
def _forget(notices: Sequence[DeskNotice]) -> None:
    ids = [notice.pk for notice in notices]
    NoticeCopy.objects.filter(notice__in=ids).delete()
    NoticeRead.objects.filter(notice__in=ids).delete()
    DeskNotice.objects.filter(pk__in=ids).delete()
