"""`scripts/serve metrics` beside real processes: what they did is told, whoever dies, and whatever doesn't answer.

The traces that they send arrive at a collector of the loopback, and say nothing of anybody.
"""

import gzip
import json
import os
import signal
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from tests.durability.conftest import opened
from tests.durability.production import BY_TLS, Service, free_port, wait_for

KEY = "only-prometheus-knows-this"
MARK = "欧阳小明13912345678"
PATIENCE_S = 60  # of whoever asks for figures; PostgreSQL or Valkey hang for as long as it takes to be answered
SELDOM = 1.0  # seconds between two looks at all figures, which are put together anew each time
MAKES_KEY = """
from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import system_scope
from stores.actions import create_marketplace_key
with system_scope():
    print(create_marketplace_key(
        marketplace="taote", name="taote", actor=Actor(ActorKind.OPERATOR, "x", "x"), now=clock.now())[1])
"""


@contextmanager
def collector():
    """A collector of traces: (its address, what it has been sent)."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            requests.append(ExportTraceServiceRequest.FromString(plain))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", requests
        server.shutdown()


class Measured(Service):
    """Processes that are measured and traced, and whoever tells of them."""

    more: dict[str, str]

    @property
    def environ(self):
        return {**super().environ, **self.more}

    def ask_metrics(self, key: str = KEY) -> str:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.more['METRICS_PORT']}/metrics", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
            return answer.read().decode()

    def samples(self) -> dict[tuple, float]:
        """(name, *labels by their names) → the value."""
        found = {}
        for family in text_string_to_metric_families(self.ask_metrics()):
            for sample in family.samples:
                found[(sample.name, *(sample.labels[name] for name in sorted(sample.labels)))] = sample.value
        return found

    def figure(self, *series: str) -> float:
        return self.samples().get(series, 0.0)

    def answers(self) -> bool:
        try:
            self.ask_metrics()
        except OSError:
            return False
        return True


@pytest.fixture
def measured(migrated):
    with opened(migrated) as desk, ExitStack() as stack, collector() as (address, requests):
        service = Measured(desk, stack)
        service.more = {
            "METRICS_DIR": str(desk.data_dir / "metrics"),
            "METRICS_PORT": str(free_port()),
            "METRICS_KEY": KEY,
            "TRACES_URL": address,
            "TRACES_PERCENT": "100",
            "WEB_PROCESSES": "2",
        }
        yield service, requests


def spans_of(requests) -> list:
    return [
        span
        for request in list(requests)
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_what_processes_did_is_told_whoever_dies_and_whatever_hangs(measured):
    service, requests = measured
    desk = service.desk
    desk.offer("seen", 3)
    key = service.run("manage", "shell", "-v", "0", "-c", MAKES_KEY).stdout.strip().splitlines()[-1]
    service.start("metrics")
    service.start_web()
    worker = service.start_worker()
    wait_for(service.answers, "figures")

    # The buyers say yes through both web processes; the worker that is told pays; nobody else is let in.
    told = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **BY_TLS}
    for offer in [row[0] for row in desk.rows("SELECT id FROM offers_offer ORDER BY id")]:
        status, _, body = service.ask(f"/api/v1/offers/{offer}/accept/", "POST", json.dumps({"store": "seen"}), **told)
        assert status == 200, body
    for _ in range(20):
        assert service.ask(f"/api/v1/orders/?{urlencode({'q': MARK, 'store': 'seen'})}", **told)[0] == 200
    assert service.ask("/api/v1/nothing/13912345678/", "ODD", **told)[0] in (404, 405)
    wait_for(lambda: desk.payments() == {"succeeded": 3}, "the worker to pay")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        service.ask_metrics("another-key-than-this-one")
    assert service.ask("/metrics", **BY_TLS)[0] == 404, "never where the desk is"

    found = service.samples()
    accept = "api/v1/offers/<pk>/accept/"
    assert found["wanliu_http_request_seconds_count", "POST", accept] == 3
    assert found["wanliu_http_responses_total", "GET", "api/v1/orders/", "200"] == 20
    assert found["wanliu_http_statements_total", "POST", accept] >= 3 * 3
    assert [key for key in found if key[:2] == ("wanliu_http_responses_total", "other")], "a method made up"
    assert found["wanliu_actions_total", "accept_offer", "done"] == 3
    assert found["wanliu_action_statements_total", "accept_offer"] > 3
    settled = "payments.tasks.settle_payments"
    assert found["wanliu_settlements_total", "sandbox", "paid"] == 3
    assert found["wanliu_outside_seconds_count", "gateway", "answered", "sandbox"] == 3
    assert sum(value for name, value in found.items() if name[0] == "wanliu_task_seconds_count") >= 1, settled
    assert found["wanliu_task_wait_seconds_count", "money"] >= 1
    assert found["wanliu_workers_alive", "celery"] == 1
    assert found["wanliu_queue_messages", "celery"] == 0
    assert [found["wanliu_figures_ok", part] for part in ("database", "heartbeats", "broker")] == [1, 1, 1]
    assert {name[1] for name in found if name[0] == "wanliu_process_up"} >= {"web-0", "web-1", "worker-0", "worker-1"}
    of_anybody = [key, "seen", MARK, "13912345678", "buyer-", *(str(row[0]) for row in desk.rows(ALL_IDS))]
    text = service.ask_metrics()
    assert [each for each in of_anybody if each in text] == []

    _traces_join_the_call_the_task_and_the_gateway(requests, of_anybody, accept)
    _counters_never_fall(service, worker)
    _what_hangs_keeps_nobody_waiting(service)


ALL_IDS = "SELECT id FROM offers_offer UNION SELECT id FROM payments_payment UNION SELECT id FROM orders_order"


def _traces_join_the_call_the_task_and_the_gateway(requests, of_anybody, accept) -> None:
    def joined() -> set[str]:
        spans = spans_of(requests)
        calls = {s.trace_id for s in spans if accept in str(s.attributes)}
        asked = [s for s in spans if s.name == "ask gateway" and s.trace_id in calls]
        tasks = {s.span_id: s for s in spans if s.name.startswith("task payments.")}
        return {tasks[s.parent_span_id].name for s in asked if s.parent_span_id in tasks}

    wait_for(joined, "the spans of web, worker and gateway in one trace")
    words = "\n".join(str(request) for request in requests).encode().decode("unicode_escape", "replace")
    assert [each for each in of_anybody if each in words or each in str(requests)] == []


def _counters_never_fall(service, worker) -> None:
    before = service.samples()
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    wait_for(lambda: service.figure("wanliu_workers_alive", "celery") == 0, "its death", 45, every=SELDOM)
    service.start_worker()
    after = service.samples()
    counted = [
        name for name in before if name[0].endswith(("_total", "_count")) and not name[0].startswith("wanliu_process")
    ]
    assert len(counted) > 15
    assert [name for name in counted if after.get(name, 0) < before[name]] == []
    assert {name for name in after if name[0] == "wanliu_process_up"} <= {
        name for name in before if name[0] == "wanliu_process_up"
    }, "who is new goes on in the files of who has died"


def figures_ok(service, parts) -> set[float]:
    """Whether the figures of these parts are of now: 1, or what was known before: 0."""
    samples = service.samples()
    return {samples.get(("wanliu_figures_ok", part), 0.0) for part in parts}


def _what_hangs_keeps_nobody_waiting(service) -> None:
    for name, parts in (("valkey", ("heartbeats", "broker")), ("postgres", ("database",))):
        stopped = service.desk.servers[name]
        os.killpg(stopped.pid, signal.SIGSTOP)
        try:
            wait_for(lambda: figures_ok(service, parts) == {0.0}, name, 120, every=SELDOM)  # noqa: B023
            found = service.samples()
        finally:
            os.killpg(stopped.pid, signal.SIGCONT)
        assert found["wanliu_settlements_total", "sandbox", "paid"] == 3
        assert found["wanliu_obligations_due", "payments.Payment"] == 0, "what was known is told on"
        wait_for(lambda: figures_ok(service, parts) == {1.0}, "it to be well", 120, every=SELDOM)  # noqa: B023
