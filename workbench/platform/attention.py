"""Needs attention: what of the whole platform waits for whoever looks after it, since when, and what to do about it.

First processes that are silent or wrong, then work that nobody does, then rows that workers have left to a person. All
rows are counted in one statement, whichever store the desk shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import heartbeats
from common.attention import kinds_of_attention
from common.declared import declared
from common.obligations import obligations
from common.replica.standing import look_at_replica
from common.tenancy import system_scope
from common.waiting import MOST_WAITING, what_waits
from stores.permissions import OPERATE, can

LATE = timedelta(seconds=60)  # beside the time between two sweeps
ASK_THE_LOG = gettext_lazy("Look whether workers live, what their logs say, and whether a party outside is slow.")


@dataclass(frozen=True)
class ToDo:
    """A line of the page."""

    label: str
    todo: str
    count: int | None = None
    since: datetime | None = None
    url: str = ""

    @property
    def shown(self) -> str:
        """How many, as people read it."""
        if self.count is None:
            return ""
        return f"{MOST_WAITING:,}+" if self.count >= MOST_WAITING else f"{self.count:,}"


def processes() -> Iterator[ToDo]:
    """What of the processes is silent or wrong."""
    workers, beats = heartbeats.live_workers(), heartbeats.live_beats()
    if workers is None or beats is None:
        yield ToDo(
            _("Valkey doesn't answer"),
            _("Nobody can say which processes live. Start it again; the work goes on by itself once it is back."),
        )
        return
    for queue in sorted({*heartbeats.queues(), *workers}):
        if not workers.get(queue):
            yield ToDo(
                _("No worker takes from the queue “%(queue)s”") % {"queue": queue},
                _("Start one: scripts/serve worker %(queue)s. What is due stays due.") % {"queue": queue},
            )
    if not beats:
        yield ToDo(_("No beat lives"), _("Start it: scripts/serve beat. Nobody asks for what is due meanwhile."))
    for process, ahead in (heartbeats.wrong_clocks() or {}).items():
        yield ToDo(
            _("The clock of %(process)s is %(seconds)d seconds off") % {"process": process, "seconds": abs(ahead)},
            _("Set its machine's clock by the network (NTP); until then it does nothing that is due."),
        )


def replica_trouble() -> Iterator[ToDo]:
    """The replica, where one is set that answers nobody."""
    seen = look_at_replica()
    if seen is None or seen.is_asked:
        return
    if seen.lag_s is None:
        yield ToDo(
            _("The replica doesn't answer: the primary answers alone"),
            _("Start it again, or mend its connection; until then the primary does all the work. The reason: %(why)s.")
            % {"why": seen.fails},
        )
    else:
        yield ToDo(
            _("The replica is %(seconds)d seconds behind: the primary answers alone") % {"seconds": seen.lag_s},
            _("Look at its disk, its network and what it is asked for long; it is asked again once it has caught up."),
        )


def undone_work(now: datetime) -> dict[str, tuple[QuerySet, str]]:
    """What is due of each kind of work, and of each sweep's deadlines; by how it is told of."""
    due = {
        _("Due, and nobody does it: %(what)s") % {"what": model._meta.verbose_name_plural}: (
            model._default_manager.due().filter(next_attempt_at__lt=Now() - LATE),
            "next_attempt_at",
        )
        for model in obligations()
    }
    undone = {
        _("Past its deadline, and no sweep does it: %(what)s") % {"what": _(sweep.name)}: (
            sweep.undone().filter(**{f"{sweep.due[0][1]}__lt": now - LATE}),
            sweep.due[0][1],
        )
        for sweep in declared("sweeps", "SWEEPS")
        if sweep.undone is not None
    }
    return {**due, **undone}


def attention_view(request: HttpRequest) -> TemplateResponse:
    """The page, for operators."""
    if not can(request.user, OPERATE, None):
        raise PermissionDenied(_("Only operators look after the platform."))
    kinds, late = kinds_of_attention(), undone_work(request.now)
    with system_scope():  # the platform's, whichever store is picked
        found = what_waits({**late, **{kind.code: (kind.rows(), kind.since) for kind in kinds}})
    waiting = [
        ToDo(kind.label, kind.todo, found[kind.code].count, found[kind.code].since, _list_of(kind.listed, kind.tab))
        for kind in kinds
    ]
    rows = [
        *processes(),
        *replica_trouble(),
        *(ToDo(name, str(ASK_THE_LOG), found[name].count, found[name].since) for name in late if found[name].count),
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Needs attention"),
        "rows": rows + [row for row in waiting if row.count],
        "quiet": [row for row in waiting if not row.count],
    }
    return TemplateResponse(request, "workbench/platform/attention.html", context)


def _list_of(model: str, tab: str) -> str:
    """The address of the desk's list."""
    address = reverse(f"admin:{model.replace('.', '_')}_changelist")
    return f"{address}?queue={tab}" if tab else address
