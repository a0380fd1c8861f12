"""The front over an application that only waits to be woken, answers much, or waits for PostgreSQL.

In the directory of STAND_IN it says in a file how many calls are at work and how many wait, and looks there for the
file that wakes those that sleep: so nobody has to guess how long anything takes.
"""

import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from config.front import application as front

front.OPENED_S = float(os.environ.get("OPENED_S", front.OPENED_S))
from django.db import connection  # noqa: E402
from django.http import HttpResponse, StreamingHttpResponse  # noqa: E402

MB = 2**20
LARGE = 24 * MB
GLANCE_S = 0.02
SLEEPS_AT_MOST_S = 120
PLACE = Path(os.environ["STAND_IN"])
begun = []  # paths of calls that the application was given


def sleep_until_woken() -> None:
    ends_at = time.monotonic() + SLEEPS_AT_MOST_S
    while not (PLACE / "awake").exists() and time.monotonic() < ends_at:
        time.sleep(GLANCE_S)


def tell_how_many() -> None:
    """Write again and again who is at work, who waits, and what was begun so far."""
    unfinished = PLACE / "told.new"
    while True:
        with suppress(RuntimeError, OSError):  # it changes while it is counted; the test is over
            turns = application.turns
            waiting = sum(not place.done() for queue in [*turns.waiting.values()] for place in [*queue])
            unfinished.write_text(json.dumps([sum([*turns.at_work.values()]), waiting, [*begun]]))
            unfinished.rename(PLACE / "told")
        time.sleep(GLANCE_S)


def respond(environ, start):
    """What the path says. A key is good, and its store is what stands before its dot."""
    if key := environ.get("HTTP_AUTHORIZATION"):
        environ["wanliu.owner"] = f"store:{key.partition('.')[0]}"
    begun.append(environ["PATH_INFO"])
    match environ["PATH_INFO"]:
        case "/sleep":
            sleep_until_woken()
            response = HttpResponse(b"slept")
        case "/large":
            response = StreamingHttpResponse(b"x" * MB for _ in range(LARGE // MB))
        case "/query":
            connection.cursor().execute("SELECT pg_sleep(120)")
            response = HttpResponse(b"done")
        case _:
            response = HttpResponse(environ["PATH_INFO"].encode("latin-1"))
    start(f"{response.status_code} OK", list(response.items()))
    return response


application = front.Front(
    respond, threads=int(os.environ.get("THREADS", "1")), most_waiting=int(os.environ.get("WAITING", "1"))
)
threading.Thread(target=tell_how_many, daemon=True).start()
