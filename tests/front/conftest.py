"""The web server as `make run` starts it, on a port of its own."""

import http.client
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

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
START_SECONDS = 60


@dataclass
class Web:
    """A running server."""

    port: int
    process: subprocess.Popen
    log: Path

    def connect(self, data: bytes = b"") -> socket.socket:
        """A connection on which `data` was sent."""
        connection = socket.create_connection((HOST, self.port), timeout=30)
        connection.sendall(data)
        return connection

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, timeout: float = 20, **headers: str):
        """(status, headers, body) of one call, and nothing but an answer within `timeout`."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=timeout)
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


@pytest.fixture(scope="module")
def web(tmp_path_factory) -> Iterator[Web]:
    """A server that has a second for heads, and for bodies that stand still."""
    log = tmp_path_factory.mktemp("web") / "web.log"
    more = ("--http1-header-read-timeout", "1000")
    with serve(log, target="tests.front.impatient:application", more=more) as running:
        yield running
