"""Whose notices are whose, and what of them is read."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from common.actions import bookkeeping
from notices.models import DeskNotice, NoticeMark, NoticeRead
from stores.models import User
from stores.permissions import roles_of

LOOKED_THROUGH = 500  # the newest of a store, when it is counted what somebody hasn't read
MOST_COUNTED = 99
_OWN = "What somebody has looked at is their own note."


def notices_for(user: User, store_ids: Sequence[int]) -> QuerySet[DeskNotice]:
    """What concerns this user in these stores of theirs, newest first; each knows whether it `is_read`."""
    roles = {store_id: role for store_id, role in roles_of(user).items() if store_id in store_ids}
    told = Q(pk__in=[])
    for store_id, role in roles.items():
        told |= Q(store=store_id) & (Q(roles__contains=[role]) | Q(person=user))
    marks = NoticeMark.objects.filter(store=OuterRef("store"), user=user).values("read_up_to")
    rows = DeskNotice.objects.in_scope().filter(told).exclude(by=f"user:{user.pk}")
    read = Exists(NoticeRead.objects.filter(notice=OuterRef("pk"), user=user))
    up_to = Coalesce(Subquery(marks, output_field=BigIntegerField()), 0)
    return rows.annotate(was_opened=read, read_up_to=up_to).select_related("store").order_by("-pk")


def unread(rows: QuerySet[DeskNotice]) -> QuerySet[DeskNotice]:
    """Those of `notices_for` that the user hasn't read."""
    return rows.filter(was_opened=False, pk__gt=F("read_up_to"))


def unread_count(user: User, store_ids: Sequence[int]) -> int:
    """How many of the newest notices of each store the user hasn't read, up to one more than MOST_COUNTED."""
    newest = Q(pk__in=[])
    for store_id in store_ids:
        recent = DeskNotice.objects.for_store(store_id).order_by("-pk").values("pk")[:LOOKED_THROUGH]
        newest |= Q(pk__in=recent)
    return unread(notices_for(user, store_ids).filter(newest)).order_by()[: MOST_COUNTED + 1].count()


@bookkeeping(_OWN)
def mark_notice_read(*, notice: DeskNotice, user: User, now: datetime) -> None:
    """This user has looked at it."""
    NoticeRead.objects.bulk_create(
        [NoticeRead(store_id=notice.store_id, notice=notice, user=user, at=now)], ignore_conflicts=True
    )


@bookkeeping(_OWN)
def mark_all_read(*, user: User, store_ids: Sequence[int], up_to: int) -> None:
    """This user has seen all of these stores' notices up to that number."""
    for store_id in store_ids:
        NoticeMark.objects.bulk_create([NoticeMark(store_id=store_id, user=user)], ignore_conflicts=True)
    own = NoticeMark.objects.filter(store__in=store_ids, user=user, read_up_to__lt=up_to)
    own.update(read_up_to=up_to)
