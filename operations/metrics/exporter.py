"""`/metrics` over HTTP, on a port of its own, for whoever shows the key where one is set."""

from collections.abc import Iterable, Iterator
from hmac import compare_digest
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import psutil
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from common.metering.series import directory_of
from common.metering.slots import free_slots, holders
from operations.metrics.figures import Figures, gauge

PATH = "/metrics"


class Processes:
    """A collector of what the processes of this machine have noted, and of what they use of it."""

    def __init__(self, base: Path) -> None:
        self.directory = directory_of(base)

    def collect(self) -> Iterator[Metric]:
        """Counters of the living and of the dead together; what waits in those that live; their time and memory."""
        if not self.directory.is_dir():
            return
        dead = free_slots(self.directory)
        files, damaged = [], 0
        for file in sorted(self.directory.glob("*.db")):
            kind, _blank, slot = file.stem.rpartition("_")
            if kind.startswith("gauge") and slot in dead:
                continue
            try:
                MultiProcessCollector.merge([str(file)])
            except Exception:
                damaged += 1
            else:
                files.append(str(file))
        yield from MultiProcessCollector.merge(files)
        told = gauge("figures_damaged", "Files of processes that can't be read.")
        told.add_metric([], damaged)
        yield told
        yield from self._of_system()

    def _of_system(self) -> Iterator[Metric]:
        lives = GaugeMetricFamily("wanliu_process_up", "Processes of this machine that live.", labels=["process"])
        cpu = CounterMetricFamily("wanliu_process_cpu_seconds", "Processor time that it took.", labels=["process"])
        memory = GaugeMetricFamily("wanliu_process_resident_bytes", "Memory that it holds.", labels=["process"])
        threads = GaugeMetricFamily("wanliu_process_threads", "Its threads.", labels=["process"])
        for slot, process in holders(self.directory):
            try:
                with process.oneshot():
                    times, held, number = process.cpu_times(), process.memory_info().rss, process.num_threads()
            except psutil.Error:  # it has just ended
                continue
            lives.add_metric([slot], 1)
            cpu.add_metric([slot], times.user + times.system)
            memory.add_metric([slot], held)
            threads.add_metric([slot], number)
        yield from (lives, cpu, memory, threads)


def registry_of(base: Path) -> CollectorRegistry:
    """Everything that is told."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Processes(base))
    registry.register(Figures())
    return registry


class Application:
    """Answers `GET /metrics`, and nothing else."""

    def __init__(self, registry: CollectorRegistry, key: str | None) -> None:
        self.registry, self.key = registry, key

    def __call__(self, environ: dict[str, Any], start_response) -> Iterable[bytes]:
        """The text that Prometheus reads, or why not."""
        status, kind, body = self._answer(environ)
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[str, str, bytes]:
        if environ["PATH_INFO"] != PATH:
            return "404 Not Found", "text/plain", b"Only /metrics is here.\n"
        if environ["REQUEST_METHOD"] != "GET":
            return "405 Method Not Allowed", "text/plain", b"Only GET.\n"
        shown = environ.get("HTTP_AUTHORIZATION", "").encode("latin-1")
        if self.key is not None and not compare_digest(shown, f"Bearer {self.key}".encode()):
            return "401 Unauthorized", "text/plain", b"Show METRICS_KEY: Authorization: Bearer ...\n"
        return "200 OK", CONTENT_TYPE_LATEST, generate_latest(self.registry)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 10  # seconds that a client may be silent

    def log_message(self, *args) -> None:
        """Nobody reads who asks every few seconds."""


def serve(base: Path, host: str, port: int, key: str | None) -> None:
    """Answer until the process is ended. OSError when the port is taken."""
    with make_server(host, port, Application(registry_of(base), key), _Server, _Quiet) as server:
        server.serve_forever()
