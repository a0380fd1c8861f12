"""Figures of processes: each has a slot of its own, whoever comes next goes on in it, and none ever fails a caller."""

import os
import subprocess
import sys
from threading import Event

import pytest
from prometheus_client import CollectorRegistry

from common.metering.series import DECLARED, directory_of
from common.metering.slots import MOST, NoSlot, Slots, free_slots, holders, kind_of_process
from config.embedded.paths import ROOT
from operations.metrics import figures
from operations.metrics.exporter import Application, Processes
from operations.metrics.figures import Figures
from tests.cases import for_each

WHAT_IS_LOADED = """
import django, sys
django.setup()
from common.metering import noting, tracing
noting.call_answered("a/", "GET", 200, 0.1, 3)
with tracing.span("request", kind="server", **{"http.route": "a/"}):
    pass
print([name for name in ("prometheus_client", "opentelemetry.sdk.trace", "opentelemetry.exporter", "google.protobuf")
       if name in sys.modules])
"""
NOTES = """
import django
django.setup()
from common.metering import noting
with noting.action_done("accept_offer"):
    noting.call_answered("a/", "GET", 200, 0.1, 3)
noting.call_answered("a/", "MADE-UP", 200, 0.1, 3)
noting.limit_reached("13912345678")
print("went on")
"""

IN_A_CHILD = """
import os, shutil
import django
django.setup()
from django.conf import settings
from common.metering import noting
shutil.rmtree(settings.METRICS_DIR)
if not (child := os.fork()):
    noting.call_answered("a/", "GET", 200, 0.1, 3)
    noting.limit_reached("front")
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

ALL_OF_IT = """
import django
django.setup()
from common.metering import noting
from common.metering.asking import asking
noting.call_answered("a/", "GET", 200, 0.1, 3)
noting.call_waits(1)
for error in (None, "Refused", "OSError"):
    try:
        with noting.action_done("accept_offer"):
            if error:
                raise type(error, (Exception,), {})
    except Exception:
        pass
noting.task_ended("a.task", "done", 0.1, 3)
noting.task_waited("celery", 0.1)
with asking("endpoint") as asked:
    asked.outcome = "2xx"
noting.payment_asked("sandbox", "paid")
noting.endpoint_called("taken")
noting.buyers_seen("page")
noting.read_from("replica")
noting.limit_reached("store")
"""


def run(script: str, **environ: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PROCESS_KIND": "web", **environ}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=whole, capture_output=True, text=True, timeout=90
    )


def in_a_child(slots: Slots) -> str:
    """The name that a forked child is given, while this process holds its own."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        os.write(writing, slots.name().encode())
        os._exit(0)
    os.waitpid(child, 0)
    return os.read(reading, 100).decode()


def test_a_slot_is_held_by_who_lives_and_goes_on_with_the_next(tmp_path):
    first, second = Slots(tmp_path, "web"), Slots(tmp_path, "web")
    assert (first.name(), second.name(), first.name()) == ("web-0", "web-1", "web-0")
    assert Slots(tmp_path, "worker:files").name() == "worker:files-0"
    assert [in_a_child(first), in_a_child(first)] == ["web-2", "web-2"], "a dead child's is the next one's"
    assert free_slots(tmp_path) == {"web-2"}
    assert [(holder.slot, holder.process.pid) for holder in holders(tmp_path)][:2] == [
        ("web-0", os.getpid()),
        ("web-1", os.getpid()),
    ]
    assert (tmp_path / "counter_web-0.db").stat().st_blocks * 512 >= 2**20, "a full disk later ends nobody"


def test_there_is_an_end_to_slots(tmp_path, monkeypatch):
    monkeypatch.setattr("common.metering.slots.MOST", 1)
    held = Slots(tmp_path, "web")
    assert held.name() == "web-0"
    with pytest.raises(NoSlot):
        Slots(tmp_path, "web").name()
    assert MOST == 256


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["celery", "-A", "config", "beat"], "beat"),
        (["celery", "worker", "--queues", "celery,money,deadlines"], "worker"),
        (["celery", "worker", "--queues", "files"], "worker:files"),
        (["granian", "config.front.application:application"], "web"),
    ],
)
def test_processes_are_told_apart(monkeypatch, words, kind):
    monkeypatch.setattr(sys, "argv", words)
    assert kind_of_process() == kind


def test_other_series_have_another_directory(tmp_path, monkeypatch):
    before = directory_of(tmp_path)
    kind, means, labels, limits = DECLARED["wanliu_actions"]
    monkeypatch.setitem(DECLARED, "wanliu_actions", (kind, means, (*labels, "more"), limits))
    assert directory_of(tmp_path) != before


def test_where_nothing_is_measured_nothing_is_loaded():
    assert run(WHAT_IS_LOADED, METRICS_DIR="", TRACES_URL="").stdout == "[]\n"


def test_a_process_goes_on_where_its_figures_can_not_be_kept(tmp_path):
    kept = run(NOTES, METRICS_DIR=str(tmp_path / "metrics"))
    assert (kept.stdout, kept.stderr) == ("went on\n", "")
    text = b"".join(file.read_bytes() for file in tmp_path.glob("metrics/*/counter_*.db"))
    assert b"other" in text
    assert b"MADE-UP" not in text
    assert b"13912345678" not in text
    taken = next(tmp_path.glob("metrics/*"))
    for number in range(3):
        (taken / f"web-{number}.slot").unlink(missing_ok=True)
        (taken / f"counter_web-{number}.db").unlink(missing_ok=True)
        (taken / f"counter_web-{number}.db").mkdir()
    forked = run(IN_A_CHILD, METRICS_DIR=str(tmp_path / "others"))
    assert (forked.stdout, forked.stderr.count("this process's figures can't be kept")) == ("7\n", 1)
    lost = run(NOTES, METRICS_DIR=str(tmp_path / "metrics"))
    assert lost.stdout == "went on\n"
    assert lost.stderr.count("this process's figures can't be kept") == 1


@for_each(
    ("method", "path", "shown", "key", "status"),
    [
        ("GET", "/metrics", None, None, 200),
        ("GET", "/metrics", "Bearer the-key-of-prometheus", "the-key-of-prometheus", 200),
        ("GET", "/metrics", "Bearer the-key", "the-key-of-prometheus", 401),
        ("GET", "/metrics", None, "the-key-of-prometheus", 401),
        ("GET", "/metrics", "Bearer 欧".encode().decode("latin-1"), "the-key-of-prometheus", 401),
        ("POST", "/metrics", None, None, 405),
        ("GET", "/", None, None, 404),
    ],
)
def test_figures_are_told_to_who_shows_the_key(method, path, shown, key, status):
    said = {"REQUEST_METHOD": method, "PATH_INFO": path, **({"HTTP_AUTHORIZATION": shown} if shown else {})}
    answered = []
    Application(CollectorRegistry(), key)(said, lambda line, headers: answered.append(int(line.split()[0])))
    assert answered == [status]


def test_what_does_not_answer_keeps_nobody_waiting_and_its_last_words_are_told(monkeypatch):
    monkeypatch.setattr(figures, "WITHIN_S", 0.2)
    monkeypatch.setattr(figures, "FRESH_S", -1)
    told, hangs, asked = Figures(), Event(), []

    def well():
        asked.append(1)
        figure = figures.gauge("of_a_test", "Of a test.")
        figure.add_metric([], 7)
        return [figure]

    def hang():
        asked.append(1)
        hangs.wait(30)
        return []

    def fail():
        raise OSError("13912345678")

    def read() -> dict[tuple, float]:
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in told.collect()
            for sample in family.samples
        }

    part = told.parts[0] = figures.FigurePart("one", well)
    told.parts[1:] = []
    assert read()["wanliu_figures_ok", "one"] == 1
    part.read = fail
    assert (read()["wanliu_figures_ok", "one"], read()["wanliu_of_a_test",]) == (0, 7)
    part.read = hang
    assert (read()["wanliu_figures_ok", "one"], read()["wanliu_of_a_test",]) == (0, 7)
    read()
    assert len(asked) == 2, "one thread hangs, and no second one is sent after it"
    monkeypatch.setattr(figures, "STUCK_S", -1)
    part.read = well
    assert read()["wanliu_figures_ok", "one"] == 1, "but not for ever"
    hangs.set()


def test_whatever_is_declared_is_noted_and_told(tmp_path):
    base = tmp_path / "metrics"
    assert run(ALL_OF_IT, METRICS_DIR=str(base)).stderr == ""
    found = {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in Processes(base).collect()
        for sample in family.samples
    }
    names = {name[0].removesuffix("_total").removesuffix("_count") for name in found}
    assert DECLARED.keys() - names == {"wanliu_http_waiting"}, "who waited in a process that ended waits no more"
    outcomes = [found["wanliu_actions_total", "accept_offer", each] for each in ("done", "refused", "failed")]
    assert outcomes == [1, 1, 1]
    assert found["wanliu_outside_seconds_count", "endpoint", "2xx", ""] == 1
    assert run(ALL_OF_IT, METRICS_DIR=str(base)).stderr == ""
    [settled] = [
        sample.value
        for family in Processes(base).collect()
        for sample in family.samples
        if sample.name == "wanliu_settlements_total"
    ]
    assert settled == 2, "the next process goes on where this one was"
