"""The front over an application that only sleeps, answers much, or waits for PostgreSQL."""

import os
import time

from config.front import application as front

front.OPENED_S = 2.0
from django.db import connection  # noqa: E402
from django.http import HttpResponse, StreamingHttpResponse  # noqa: E402

MB = 2**20
LARGE = 24 * MB


def respond(environ, start):
    """What the path says. A key is good, and its store is what stands before its dot."""
    if key := environ.get("HTTP_AUTHORIZATION"):
        environ["wanliu.owner"] = f"store:{key.partition('.')[0]}"
    match environ["PATH_INFO"]:
        case "/sleep":
            time.sleep(3)
            response = HttpResponse(b"slept")
        case "/large":
            response = StreamingHttpResponse(b"x" * MB for _ in range(LARGE // MB))
        case "/query":
            connection.cursor().execute("SELECT pg_sleep(20)")
            response = HttpResponse(b"done")
        case _:
            response = HttpResponse(environ["PATH_INFO"].encode("latin-1"))
    start(f"{response.status_code} OK", list(response.items()))
    return response


application = front.Front(
    respond, threads=int(os.environ.get("THREADS", "1")), most_waiting=int(os.environ.get("WAITING", "1"))
)
