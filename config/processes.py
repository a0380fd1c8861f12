"""How the processes of the application are started: the same for `make run` and in production."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CELERY = ("celery", "-q", "-A", "config")  # quiet: no banner, which is no line of the log


@dataclass(frozen=True)
class Queue:
    """A queue and what works on it: processes, or threads where they mostly wait. `setting` says how many.

    Its workers take from `others` as well, in turn; who wants to can give those workers of their own.
    """

    name: str
    pool: str
    setting: str
    others: tuple[str, ...] = ()


# Each has workers of its own: slow receivers of webhooks, and merchants' large files, keep nobody else waiting.
QUEUES = {
    queue.name: queue
    for queue in (
        Queue("celery", "", "WORKER_PROCESSES", others=("money", "deadlines")),
        Queue("money", "", "MONEY_PROCESSES"),
        Queue("deadlines", "", "DEADLINE_PROCESSES"),
        Queue("webhooks", "threads", "WEBHOOK_THREADS"),
        Queue("files", "threads", "FILE_THREADS"),
    )
}
MAIN = "celery"
MAIN_QUEUES = ",".join((MAIN, *QUEUES[MAIN].others))
NEEDED_QUEUES = QUEUES.keys() - set(QUEUES[MAIN].others)  # that have workers of their own in any case


def worker_arguments(queue: str, said: Mapping[str, Any], *, name: str = "") -> tuple[str, ...]:
    """The arguments after `python -m` for a worker of this queue; no other of its machine has its name."""
    worked = QUEUES[queue]
    return (
        *(*CELERY, "worker", "--loglevel", "INFO", "--queues", ",".join((queue, *worked.others))),
        *("--concurrency", str(said[worked.setting])),
        *(("--pool", worked.pool) if worked.pool else ()),
        *("--hostname", f"{queue}-{name or os.getpid()}@%h", "--without-gossip", "--without-mingle"),
    )


def beat_arguments(data_dir: Path) -> tuple[str, ...]:
    """The arguments after `python -m` for beat. What it remembers is its machine's own."""
    schedule = data_dir / f"celerybeat-{socket.gethostname()}"
    return (*CELERY, "beat", "--loglevel", "INFO", "--schedule", str(schedule), "--pidfile", "")
