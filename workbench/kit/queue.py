"""A queue: a named part of a list, how many wait in it, and how a list shows its queues as tabs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext_lazy as _

from common import clock
from workbench.kit.desk import Desk, desk_of

MOST_COUNTED = 99


@dataclass(frozen=True)
class Queue:
    """A named part of a list: which rows, in which order, what it means when it is empty."""

    code: str
    label: str
    rows: Callable[[QuerySet, datetime], QuerySet]
    order: tuple[str | OrderBy, ...] = ("-id",)
    empty: str = _("Nothing here right now.")
    icon: str = ""
    tone: str = ""
    only_retaining: bool = False
    on_overview: bool = True
    only_returnless: bool = False

    def count(self, rows: QuerySet, now: datetime) -> int:
        """How many, up to one more than MOST_COUNTED: a history is never counted."""
        return self.rows(rows, now).order_by()[: MOST_COUNTED + 1].count()


def queues_at(desk: Desk, queues: Sequence[Queue]) -> list[Queue]:
    """Those of the queues that make sense at this desk."""
    return [
        queue
        for queue in queues
        if (not queue.only_retaining or desk.retaining) and (not queue.only_returnless or desk.returnless)
    ]


def queue_asked_for(request, queues: Sequence[Queue]) -> Queue:
    """The queue in the address, else the first; a search looks through all of them."""
    by_code = {queue.code: queue for queue in queues}
    if request.GET.get("q"):
        return by_code["all"]
    return by_code.get(request.GET.get("queue", ""), queues[0])


class QueueFilter(SimpleListFilter):
    """Narrows a list to the queue asked for. Shown as tabs, not as a filter."""

    title = _("queue")
    parameter_name = "queue"

    def __init__(self, request, params, model, model_admin):
        self.queues = model_admin.queues
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        """The queues of the list."""
        return [(queue.code, queue.label) for queue in self.queues]

    def queryset(self, request, queryset):
        """The queue's rows."""
        return queue_asked_for(request, self.queues).rows(queryset, clock.now())


class QueueMixin:
    """A list with queues as tabs; the admin names them, the last one holds everything."""

    queues: Sequence[Queue]
    change_list_template = "workbench/list.html"

    def get_ordering(self, request):
        """The queue's order: deadlines first where they matter."""
        return queue_asked_for(request, self.queues).order

    def changelist_view(self, request, extra_context=None):
        """The list with its tabs."""
        context = {"queues": queues_at(desk_of(request), self.queues), "queue": queue_asked_for(request, self.queues)}
        return super().changelist_view(request, {**context, **(extra_context or {})})
