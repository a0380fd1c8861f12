"""Which workers are alive: each tells the hint server every few seconds, by that server's own clock."""

from math import inf
from time import monotonic

from celery import current_app
from celery.signals import heartbeat_sent

from common.hint_server import client, hint_server

EVERY_S = 5
LIVES_S = 30
QUEUES = "worker-queues"
BEAT = "beat-heartbeat"


class _LastTold:
    """When this process has told last."""

    at = -inf


@heartbeat_sent.connect
def tell_heartbeat(sender, **kwargs) -> None:
    """Celery's own heartbeat, of a worker's main process, is one for us."""
    if monotonic() - _LastTold.at >= EVERY_S:
        _LastTold.at = monotonic()
        note_worker(sender.eventer.hostname, list(current_app.amqp.queues.consume_from))


def note_worker(name: str, queues: list[str]) -> None:
    """The worker of this name lives and takes from these queues."""

    def note() -> None:
        now, _ = client().time()
        noting = client().pipeline(transaction=False)
        for queue in queues:
            noting.zadd(f"workers:{queue}", {name: now}).expire(f"workers:{queue}", LIVES_S)
        noting.sadd(QUEUES, *queues).execute()

    hint_server.ask(note, instead=None)


def note_beat() -> None:
    """Beat schedules, a worker has heard it, and one of its processes works."""
    hint_server.ask(lambda: client().set(BEAT, 1, ex=LIVES_S), instead=None)


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


def beat_is_heard() -> bool | None:
    """Whether beat and a worker have worked together lately. None when nobody can say."""
    return hint_server.ask(lambda: bool(client().exists(BEAT)), instead=None)
