"""A queue: a named part of a list, how many wait in it, and how a list shows its queues as tabs."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.contrib.admin import SimpleListFilter
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workbench.kit.changelist import QUEUE_VAR
from workbench.kit.desk import Desk, desk_of

MOST_COUNTED = 500  # a count looks at every row, and nobody works through a longer queue by its number
MOST_DEAR = 100  # of a queue whose rows are each looked up in other tables: twice a page of it


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
    only_instant: bool = False
    only_sharing: bool = False
    todo: str = ""  # what to do about them, where the list itself can't
    # Where not all is looked through: of what it looks at some, and, of how many there are, what is said: "" for all.
    looked_at: Callable[[], QuerySet] | None = None
    partly: Callable[[int], str] | None = None
    partly_note: Callable[[int], str] | None = None
    is_found_once: bool = False  # its rows are few and hard to find: whoever asks for them again in a request has them
    is_theirs: bool = False  # all of it waits for somebody else: nothing is done with it in bulk
    halves: str = ""  # the column with a yes or no that `order` begins with
    is_dear: bool = False  # each of its rows is looked up in other tables: it is counted to an end that is near

    @property
    def most_counted(self) -> int:
        """How far its rows are counted."""
        return min(MOST_DEAR, MOST_COUNTED) if self.is_dear else MOST_COUNTED


class Tile(NamedTuple):
    """Something of the overview: what is counted for it, and how the counts are shown, if they are."""

    rows: tuple[QuerySet, ...]
    show: Callable[..., dict | None]
    most: int | None = None  # how far its rows are counted; MOST_COUNTED for None


def count_rows(rows: QuerySet, most: int | None = None) -> int:
    """How many rows, up to one more than `most` (MOST_COUNTED)."""
    return rows.order_by()[: (most or MOST_COUNTED) + 1].count()


def count_all(wanted: Sequence[tuple[QuerySet, int]]) -> list[int]:
    """How many rows each has, in one statement; each up to one more than the number it comes with."""
    parts, values, counted = [], [], []
    for place, (rows, most) in enumerate(wanted):
        try:
            sql, params = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        counted.append(place)
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")
        values += params
    counts = [0] * len(wanted)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            for place, count in zip(counted, cursor.fetchone(), strict=True):
                counts[place] = count
    return counts


class CappedCount(Subquery):
    """How many rows, up to one more than `most`, as a column of another statement, which counts them once."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet, most: int):
        super().__init__(rows.order_by().values("pk")[: most + 1], output_field=IntegerField())


def tally_of(rows: type[Model], statuses: Collection[str]) -> Coalesce:
    """As a column of a list of jobs: how many rows of a job, each a row of the model `rows`, have these statuses."""
    own = rows.objects.filter(store_id=OuterRef("store_id"), job=OuterRef("pk"), status__in=statuses).order_by()
    return Coalesce(Subquery(own.values("job").annotate(count=Count("pk")).values("count")), 0)


def queues_at(desk: Desk, queues: Sequence[Queue]) -> list[Queue]:
    """Those of the queues that make sense at this desk."""
    return [
        queue
        for queue in queues
        if (not queue.only_retaining or desk.retaining)
        and (not queue.only_returnless or desk.returnless)
        and (not queue.only_instant or desk.instant)
        and (not queue.only_sharing or desk.sharing)
    ]


def queue_asked_for(request, queues: Sequence[Queue]) -> Queue:
    """The queue in the address, else the first; a search looks through all of them."""
    by_code = {queue.code: queue for queue in queues}
    if request.GET.get("q"):
        return by_code["all"]
    return by_code.get(request.GET.get("queue", ""), queues[0])


def rows_in_queue(request, queue: Queue, rows: QuerySet) -> QuerySet:
    """Those of the rows that are in the queue; what `is_found_once` is looked for once a request."""
    if not queue.is_found_once:
        return queue.rows(rows, request.now)
    if not hasattr(request, "found_once"):
        request.found_once = {}
    kept, key = request.found_once, (rows.model, queue.code)
    if key not in kept:
        whole = queue.rows(rows.model.objects.in_scope(), request.now)
        kept[key] = list(whole.order_by().values_list("pk", flat=True))
    return rows.filter(pk__in=kept[key])


class QueueFilter(SimpleListFilter):
    """Narrows a list to the queue asked for. Shown as tabs, not as a filter."""

    title = _("queue")
    parameter_name = QUEUE_VAR

    def __init__(self, request, params, model, model_admin):
        self.queues = model_admin.queues
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        """The queues of the list."""
        return [(queue.code, queue.label) for queue in self.queues]

    def queryset(self, request, queryset):
        """The queue's rows."""
        return rows_in_queue(request, queue_asked_for(request, self.queues), queryset)


class QueueMixin:
    """A list with queues as tabs; the admin names them, and the one with the code `all` holds everything."""

    queues: Sequence[Queue]
    on_overview = False
    only_what_waits = False  # on the overview; for what most stores never have
    change_list_template = "workbench/list.html"

    def get_ordering(self, request):
        """The queue's order: deadlines first where they matter."""
        return queue_asked_for(request, self.queues).order

    def halves(self, request):
        """The queue's halves."""
        return queue_asked_for(request, self.queues).halves

    def changelist_view(self, request, extra_context=None):
        """The list with its tabs."""
        queues = queues_at(desk_of(request), self.queues)
        queue = queue_asked_for(request, self.queues)
        context = {
            "queues": queues,
            "queue": queue,
            "partly": queue.partly(count_rows(queue.looked_at())) if queue.looked_at and queue.partly else "",
            "nothing_yet": next(queue.empty for queue in queues if queue.code == "all"),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def tiles(self, request, now: datetime) -> list[Tile]:
        """What the overview shows of this list: its queues, if the admin is `on_overview`, but never the whole list."""
        if not self.on_overview:
            return []
        shown = self.overview_queues(request)
        looked_at = [(queue.looked_at(),) if queue.looked_at else () for queue in shown]
        counted = zip(shown, looked_at, strict=True)
        return [
            Tile((self.waiting(queue, now), *more), partial(self.tile_of, queue), queue.most_counted)
            for queue, more in counted
        ]

    def overview_queues(self, request) -> list[Queue]:
        """Its queues that have a tile on the overview."""
        here = queues_at(desk_of(request), self.queues)
        return [queue for queue in here if queue.on_overview and queue.code != "all"]

    def waiting(self, queue: Queue, now: datetime) -> QuerySet:
        """What is counted of a queue on the overview."""
        return queue.rows(self.model.objects.in_scope(), now)

    def tile_of(self, queue: Queue, count: int, among: int | None = None) -> dict | None:
        """The queue's tile, where it is shown; of so many rows that it looks `among` some may be left out."""
        if not count and self.only_what_waits:
            return None
        note = queue.partly_note(among) if queue.partly_note and among is not None else ""
        return {**self.tile(queue, count), "note": note} if note else self.tile(queue, count)

    def tile(self, queue: Queue, count: int) -> dict:
        """A queue as the overview shows it, with how many wait in it and the way there."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return {
            "label": queue.label,
            "icon": queue.icon,
            "tone": queue.tone if count else "",
            "count": capped(count, queue.most_counted),
            "is_empty": not count,
            "url": f"{address}?queue={queue.code}",
        }


def shown_tiles(tiles: Sequence[Tile]) -> list[dict]:
    """What the overview shows of them, counted in one statement."""
    counts = iter(count_all([(rows, tile.most or MOST_COUNTED) for tile in tiles for rows in tile.rows]))
    shown = [tile.show(*(next(counts) for _rows in tile.rows)) for tile in tiles]
    return [each for each in shown if each is not None]


def capped(count: int, most: int | None = None) -> str:
    """A count as it is shown: `240`, and `500+` for more than is counted (`most`, or MOST_COUNTED)."""
    most = most or MOST_COUNTED
    return f"{most:,}+" if count > most else f"{count:,}"
