"""Closed-loop clients: threads that each keep one connection open and do one job after the other."""

import http.client
import json
import time
from collections.abc import Callable
from threading import Thread

from bench.server import HOST


class HttpClient:
    """One keep-alive connection."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def post(self, path: str, body: dict, key: str = "", *, idempotency_key: str = "") -> dict:
        """The decoded answer. RuntimeError for anything but a success."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        self.connection.request("POST", path, json.dumps(body), headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{path} answered {answer.status}: {content[:300]!r}")
        return json.loads(content)


def closed_loop(port: int, clients: int, seconds: float, job: Callable[[HttpClient], None]) -> list[float]:
    """Let `clients` clients do `job` again and again for `seconds`; returns how long each took, in seconds."""
    taken: list[float] = []
    failures: list[BaseException] = []
    end = time.perf_counter() + seconds

    def work() -> None:
        client = HttpClient(port)
        try:
            while (started := time.perf_counter()) < end and not failures:
                job(client)
                taken.append(time.perf_counter() - started)
        except BaseException as error:
            failures.append(error)
        finally:
            client.connection.close()

    threads = [Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return taken
