"""Who is alive: workers, beats and sweeps that end tell the hint server every few seconds, by that server's clock."""

from math import inf
from socket import gethostname
from time import monotonic

from celery import current_app
from celery.signals import heartbeat_sent, task_success
from django.conf import settings

from common.hint_server import client, hint_server

EVERY_S = 5
LIVES_S = 20  # so that whatever died shows within half a minute
QUEUES = "worker-queues"
BEATS = "beats"
BEAT = "beat-heartbeat"
DONE = "tasks-done"
WRONG_CLOCKS = "wrong-clocks"

_last_told: dict[str, float] = {}  # when this process has told what


def _is_time_for(what: str) -> bool:
    """Whether this process hasn't told it for EVERY_S; it is taken to tell it now."""
    if monotonic() - _last_told.get(what, -inf) < EVERY_S:
        return False
    _last_told[what] = monotonic()
    return True


@heartbeat_sent.connect
def tell_heartbeat(sender, **kwargs) -> None:
    """Celery's own heartbeat, of a worker's main process, is one for us."""
    if _is_time_for("worker"):
        note_worker(sender.eventer.hostname, list(current_app.amqp.queues.consume_from))


def tell_beat() -> None:
    """Beat of this machine lives."""
    if _is_time_for("beat"):
        note_beat_of(gethostname())


@task_success.connect
def tell_done(sender, **kwargs) -> None:
    """A task that beat asks for again and again was done."""
    if sender.name in periods() and _is_time_for(sender.name):
        hint_server.ask(lambda: client().hset(DONE, sender.name, client().time()[0]), instead=None)


def note_worker(name: str, queues: list[str]) -> None:
    """The worker of this name lives and takes from these queues."""

    def note() -> None:
        now, _ = client().time()
        noting = client().pipeline(transaction=False)
        for queue in queues:
            noting.zadd(f"workers:{queue}", {name: now}).expire(f"workers:{queue}", LIVES_S)
            noting.zremrangebyscore(f"workers:{queue}", "-inf", now - LIVES_S)
        noting.sadd(QUEUES, *queues).execute()

    hint_server.ask(note, instead=None)


def note_beat_of(machine: str) -> None:
    """Beat of this machine lives."""

    def note() -> None:
        now, _ = client().time()
        client().pipeline(transaction=False).zadd(BEATS, {machine: now}).zremrangebyscore(
            BEATS, "-inf", now - LIVES_S
        ).execute()

    hint_server.ask(note, instead=None)


def note_beat() -> None:
    """Beat schedules, a worker has heard it, and one of its processes works."""
    hint_server.ask(lambda: client().set(BEAT, 1, ex=LIVES_S), instead=None)


def note_wrong_clock(process: str, ahead_s: float) -> None:
    """This process's clock is so many seconds ahead of PostgreSQL's."""

    def note() -> None:
        now, _ = client().time()
        noting = client().pipeline(transaction=False).hset(WRONG_CLOCKS, process, f"{now} {ahead_s:.0f}")
        noting.expire(WRONG_CLOCKS, LIVES_S).execute()

    hint_server.ask(note, instead=None)


def wrong_clocks() -> dict[str, int] | None:
    """By how many seconds the clocks of processes are ahead of PostgreSQL's, for those that said so lately.

    None when nobody can say.
    """

    def ask() -> dict[str, int]:
        now, _ = client().time()
        told = {name.decode(): told.split() for name, told in client().hgetall(WRONG_CLOCKS).items()}
        return {name: int(ahead) for name, (at, ahead) in sorted(told.items()) if now - int(at) < LIVES_S}

    return hint_server.ask(ask, instead=None)


def live_workers() -> dict[str, int] | None:
    """How many workers are alive, by queue; a queue that once had one stays, with 0. None when nobody can say."""

    def count() -> dict[str, int]:
        now, _ = client().time()
        queues = sorted(name.decode() for name in client().smembers(QUEUES))
        counting = client().pipeline(transaction=False)
        for queue in queues:
            counting.zcount(f"workers:{queue}", now - LIVES_S + 1, "+inf")
        return dict(zip(queues, counting.execute(), strict=True))

    return hint_server.ask(count, instead=None)


def live_beats() -> int | None:
    """How many beats are alive. None when nobody can say."""
    return hint_server.ask(lambda: client().zcount(BEATS, client().time()[0] - LIVES_S + 1, "+inf"), instead=None)


def beat_is_heard() -> bool | None:
    """Whether beat and a worker have worked together lately. None when nobody can say."""
    return hint_server.ask(lambda: bool(client().exists(BEAT)), instead=None)


def periods() -> dict[str, float]:
    """How often beat asks for each of its tasks, in seconds; those that go by a calendar are left out."""
    entries = current_app.conf.beat_schedule.values()
    return {entry["task"]: entry["schedule"] for entry in entries if isinstance(entry["schedule"], int | float)}


def since_done() -> dict[str, float] | None:
    """How many seconds ago each of beat's tasks was last done; infinite for one of which nobody has heard.

    None when nobody can say.
    """

    def ask() -> dict[str, float]:
        now, _ = client().time()
        done = {name.decode(): now - int(at) for name, at in client().hgetall(DONE).items()}
        return {task: done.get(task, inf) for task in periods()}

    return hint_server.ask(ask, instead=None)


def queues() -> set[str]:
    """The queues that beat's tasks go to."""
    main, routes = current_app.conf.task_default_queue, settings.CELERY_TASK_ROUTES
    asked = settings.CELERY_BEAT_SCHEDULE.values()
    return {each.get("options", {}).get("queue", routes.get(each["task"], {}).get("queue", main)) for each in asked}
