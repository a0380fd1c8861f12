"""What the platform is at, for all of its processes together: a few cheap questions, each asked at most every 10 s.

A part that doesn't answer in time keeps nobody waiting: what it said last is told with its age, and that it fails.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf
from time import monotonic

from django.db import connection, connections
from django.db.models import Count, Min
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from common import clock, clock_check, heartbeats, time_limits
from common.attention import kinds_of_attention
from common.errors import kind_of
from common.hints import brief_connection
from common.obligations import obligations
from common.replica.standing import look_at_replica
from common.tenancy import system_scope
from common.waiting import what_waits
from connectors.models import Connection
from operations.collecting import all_sweeps

FRESH_S = 10.0
WITHIN_S = 3.0  # a scrape waits for all of it together
STATEMENT_MS = 2000
STUCK_S = 60.0  # whoever has asked for so long hangs at a server that is gone: another one asks

log = logging.getLogger("wanliu.metering")


def gauge(name: str, means: str, *labels: str) -> GaugeMetricFamily:
    """A figure of the platform's."""
    return GaugeMetricFamily(f"wanliu_{name}", means, labels=labels)


def of_database() -> list[Metric]:
    """Work that waits, whom it waits for, how far connected shops are behind, and this machine's clock."""
    with time_limits.within(STATEMENT_MS), system_scope():
        now = clock.now()
        due = {f"due {m._meta.label}": (m._default_manager.due(), "next_attempt_at") for m in obligations()}
        undone = {
            f"undone {sweep.name}": (sweep.undone().filter(**{f"{sweep.due[0][1]}__lte": now}), sweep.due[0][1])
            for sweep in all_sweeps()
            if sweep.undone is not None
        }
        kinds = {f"person {kind.code}": (kind.rows(), kind.since) for kind in kinds_of_attention()}
        waiting = what_waits({**due, **undone, **kinds})
        shops = list(
            Connection.objects.connected()
            .values("platform")
            .annotate(shops=Count("pk"), since=Min("cursor"))
            .order_by()
        )
        ahead = clock_check.seconds_ahead()
    by_kind = {
        "due": [gauge("obligations_due", "Work that a worker may take up now.", "kind")],
        "undone": [gauge("sweep_due", "Rows whose deadline has passed and that no sweep has done.", "sweep")],
        "person": [gauge("attention", "What waits for a person, by kind.", "kind")],
    }
    by_kind["due"].append(gauge("obligations_oldest_seconds", "Since when the first of it is due.", "kind"))
    by_kind["undone"].append(gauge("sweep_lag_seconds", "How long the first of them has been due.", "sweep"))
    by_kind["person"].append(gauge("attention_oldest_seconds", "Since when the first of it is there.", "kind"))
    for name, (count, since, age) in waiting.items():
        kind, _blank, label = name.partition(" ")
        counted, oldest = by_kind[kind]
        counted.add_metric([label], count)
        if kind != "due" and since is not None:
            age = now - since
        oldest.add_metric([label], max(0, age.total_seconds()))
    connected, lag = (
        gauge("connected_shops", "Shops that are followed.", "platform"),
        gauge("connector_lag_seconds", "How long ago the shop that is furthest behind was complete.", "platform"),
    )
    for shop in shops:
        connected.add_metric([shop["platform"]], shop["shops"])
        if shop["since"] is not None:
            lag.add_metric([shop["platform"]], max(0, (now - shop["since"]).total_seconds()))
    here = gauge("clock_ahead_seconds", "This machine's clock beside PostgreSQL's; 0 within what is allowed.")
    here.add_metric([], ahead)
    return [*(metric for metrics in by_kind.values() for metric in metrics), connected, lag, here]


def of_heartbeats() -> list[Metric]:
    """Who lives, whose clock is wrong, and how long ago each sweep was done. RuntimeError when nobody can say."""
    workers, beats, done, wrong = (
        heartbeats.live_workers(),
        heartbeats.live_beats(),
        heartbeats.since_done(),
        heartbeats.wrong_clocks(),
    )
    if workers is None or beats is None or done is None or wrong is None:
        raise RuntimeError("the hint server doesn't answer")
    alive = gauge("workers_alive", "Workers that have told lately that they live.", "queue")
    for queue in sorted({*heartbeats.queues(), *workers}):
        alive.add_metric([queue], workers.get(queue, 0))
    beating, clocks = gauge("beats_alive", "Beats that live."), gauge("clocks_wrong", "Processes with a wrong clock.")
    beating.add_metric([], beats)
    clocks.add_metric([], len(wrong))
    since = gauge("sweep_done_seconds", "How long ago a task of beat's was last done.", "task")
    behind = gauge("sweep_behind_seconds", "By how much that is longer than the time between two.", "task")
    periods = heartbeats.periods()
    for task, seconds in done.items():
        if seconds is not inf:
            since.add_metric([task], seconds)
            behind.add_metric([task], max(0, seconds - periods[task]))
    return [alive, beating, clocks, since, behind]


def of_replica() -> list[Metric]:
    """Whether the replica answers calls and how far it is behind; nothing where there is none."""
    asked, lag = (
        gauge("replica_asked", "Whether calls are answered by the replica."),
        gauge("replica_lag_seconds", "How far the replica is behind the primary."),
    )
    try:
        seen = look_at_replica()
    finally:
        connections.close_all()
    if seen is not None:
        asked.add_metric([], seen.is_asked)
        if seen.lag_s is not None:
            lag.add_metric([], seen.lag_s)
    return [asked, lag]


def of_broker() -> list[Metric]:
    """How many messages wait in each queue; of a broker that is the hint server also for how long the first does."""
    length = gauge("queue_messages", "Messages that wait for a worker.", "queue")
    oldest = gauge("queue_oldest_seconds", "How long the first of them has waited.", "queue")
    with brief_connection() as asked:
        asked.ensure_connection(max_retries=0)
        channel = asked.default_channel
        for queue in sorted(heartbeats.queues()):
            try:
                count = channel.queue_declare(queue, passive=True).message_count
            except channel.connection.client.channel_errors:
                count, channel = 0, asked.channel()  # nobody has sent anything to it yet
            length.add_metric([queue], count)
            if asked.transport.driver_type == "redis":
                oldest.add_metric([queue], _age_of_first(channel.client, queue) if count else 0)
    return [length, oldest]


def _age_of_first(redis, queue: str) -> float:
    message = redis.lindex(queue, -1)
    sent_at = json.loads(message)["headers"].get("sent_at") if message else None
    return max(0, clock.wall().timestamp() - sent_at) if sent_at else 0


@dataclass
class FigurePart:
    """One thing that is asked, by a thread of its own, and what it has last said."""

    name: str
    read: Callable[[], list[Metric]]
    said: list[Metric] = field(default_factory=list)
    is_well: bool = False
    said_at: float = -inf
    asked_at: float = -inf
    done: threading.Event | None = None

    def ask(self) -> threading.Event | None:
        """Begin to ask, unless what was said is fresh; the event that is set once it has answered or failed."""
        is_stale = not self.is_well or monotonic() - self.said_at > FRESH_S
        if is_stale and (self.done is None or monotonic() - self.asked_at > STUCK_S):
            self.done, self.asked_at = threading.Event(), monotonic()
            threading.Thread(target=self._ask, args=(self.done,), name=f"figures-{self.name}", daemon=True).start()
        return self.done

    def _ask(self, done: threading.Event) -> None:
        try:
            self.said = self.read()
            self.said_at, self.is_well = monotonic(), True
        except Exception as error:
            self.is_well = False
            log.warning("figures of the %s could not be read: %s", self.name, kind_of(error))
        finally:
            connection.close()
            if self.done is done:
                self.done = None
            done.set()


class Figures:
    """A collector of every part, for a registry of Prometheus's."""

    def __init__(self) -> None:
        self.parts = [
            FigurePart("database", of_database),
            FigurePart("heartbeats", of_heartbeats),
            FigurePart("broker", of_broker),
            FigurePart("replica", of_replica),
        ]

    def collect(self) -> Iterator[Metric]:
        """What is known, after WITHIN_S at the latest."""
        ends_at = monotonic() + WITHIN_S
        asked = [(part, part.ask()) for part in self.parts]
        is_well = gauge("figures_ok", "Whether this part of the figures was read just now.", "part")
        age = gauge("figures_age_seconds", "How old this part of the figures is.", "part")
        for part, done in asked:
            answered = done is None or done.wait(max(0, ends_at - monotonic()))
            is_well.add_metric([part.name], int(answered and part.is_well))
            if part.said:
                age.add_metric([part.name], monotonic() - part.said_at)
                yield from part.said
        yield from (is_well, age)
