"""The web server and the worker as `make run` starts them, for as long as a benchmark needs them."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from config.embedded.paths import ROOT
from config.embedded.processes import Command, kill_group, spawn
from config.front.server import web_arguments
from config.processes import MAIN_QUEUES

START_SECONDS = 60.0
HOST = "127.0.0.1"
BEAT = ("celery", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile", "")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@contextmanager
def application(log_dir: Path, *, beat: bool = False) -> Iterator[int]:
    """Run two web processes, a worker of two and, if asked, beat; yields the port. They log to files in `log_dir`."""
    port = free_port()
    with module("web", log_dir, *web_arguments(HOST, port)), worker(log_dir):
        _wait_until_up(port)
        with module("beat", log_dir, *BEAT, "--schedule", str(log_dir / "schedule")) if beat else nullcontext():
            yield port


@contextmanager
def worker(log_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker of two processes."""
    which = ("--queues", MAIN_QUEUES, "--concurrency", "2", "--without-gossip", "--without-mingle")
    with module("worker", log_dir, "celery", "-A", "config", "worker", "--loglevel", "WARNING", *which) as process:
        yield process


@contextmanager
def module(name: str, log_dir: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m …` with these arguments, until it is left."""
    log_dir.mkdir(exist_ok=True)
    command = Command(name, [sys.executable, "-m", *arguments], env={**os.environ, "LOG_LEVEL": "WARNING"}, cwd=ROOT)
    with (log_dir / f"{name}.log").open("ab") as output:
        process = spawn(command, output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        kill_group(process)
        process.wait()


def _wait_until_up(port: int) -> None:
    """Until /readyz is content: database, broker and a worker."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise RuntimeError(f"The application did not get ready on port {port}.")
