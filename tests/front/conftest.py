"""The web server as `make run` starts it, on a port of its own."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.embedded.processes import Command, kill_group, spawn
from config.front.server import web_arguments
from tests.concurrency.harness import await_

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
START_SECONDS = 60
PATIENCE_S = 60  # until an answer that doesn't come fails its test; nothing is proved by how soon it comes
STAND_IN = "tests.front.stand_in:application"


@dataclass
class Web:
    """A running server."""

    port: int
    process: subprocess.Popen
    log: Path

    def connect(self, data: bytes = b"") -> socket.socket:
        """A connection on which `data` was sent."""
        connection = socket.create_connection((HOST, self.port), timeout=PATIENCE_S)
        connection.sendall(data)
        return connection

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
        """(status, headers, body) of one call."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


@contextmanager
def serve(log: Path, *, target: str, more: tuple[str, ...] = (), **environ: str) -> Iterator[Web]:
    """Start the server over the test run's own services and wait until it answers."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, "-m", *web_arguments(HOST, port, target=target, more=more)]
    with log.open("ab") as output:
        process = spawn(Command("web", argv, env={**os.environ, **environ}, cwd=ROOT), output)
    web = Web(port, process, log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                assert web.ask("/healthz")[0] == 200
                break
            except OSError:
                assert time.monotonic() < deadline, log.read_text()[-2000:]
                time.sleep(0.1)
        yield web
    finally:
        kill_group(process)
        process.wait()


@dataclass
class StandIn(Web):
    """A running server over the stand-in, whose calls to /sleep sleep until they are woken."""

    place: Path

    def told(self) -> tuple[int, int, list[str]]:
        """How many calls are at work, how many wait for a thread, and the paths of those that were begun."""
        try:
            return tuple(json.loads((self.place / "told").read_text()))
        except FileNotFoundError:
            return 0, 0, []

    def await_calls(self, at_work: int, waiting: int) -> None:
        """Return once so many calls are at work, and so many wait."""
        what = f"{at_work} calls at work and {waiting} that wait"
        await_(lambda: self.told()[:2] == (at_work, waiting), what, PATIENCE_S, glance=0.02)

    def wake(self) -> None:
        """Whatever sleeps goes on."""
        (self.place / "awake").touch()


@contextmanager
def stand_in(place: Path, **environ: str) -> Iterator[StandIn]:
    """Start one process of the stand-in, of THREADS threads."""
    log = place / "web.log"
    with serve(log, target=STAND_IN, more=("--workers", "1"), STAND_IN=str(place), **environ) as web:
        yield StandIn(web.port, web.process, log, place)


@pytest.fixture(scope="module")
def web(tmp_path_factory) -> Iterator[Web]:
    """A server that has a second for heads, and for bodies that stand still."""
    log = tmp_path_factory.mktemp("web") / "web.log"
    more = ("--http1-header-read-timeout", "1000")
    with serve(log, target="tests.front.impatient:application", more=more) as running:
        yield running
