"""deploy/alerts.yaml and deploy/grafana.json: what they ask for is told, and each alarm says what to do."""

import json
import re
import shutil
import subprocess

import pytest

from common.attention import kinds_of_attention
from common.metering.series import DECLARED
from config.embedded.paths import ROOT
from operations.metrics import exporter, figures
from tests.durability import deployed

ASKED = re.compile(r"\bwanliu_\w+")


def told() -> dict[str, set[str]]:
    """Every name that `/metrics` may have, as Prometheus knows it, with its labels."""
    names: dict[str, set[str]] = {}
    for name, (kind, _means, labels, _limits) in DECLARED.items():
        ends = {"Counter": ("_total",), "Gauge": ("",), "Histogram": ("_bucket", "_sum", "_count")}[kind.__name__]
        names |= {f"{name}{end}": {*labels, *({"le"} if end == "_bucket" else ())} for end in ends}
    return names


@pytest.fixture
def all_told(db, tmp_path, monkeypatch) -> dict[str, set[str]]:
    """The same, with what is asked of the database, the hint server and the broker just now."""
    names = told()
    processes = exporter.Processes(tmp_path)
    processes.directory.mkdir()
    parts = [*figures.of_database(), *figures.of_heartbeats(), *figures.of_broker(), *processes.collect()]
    for metric in [*parts, *figures.Figures().collect()]:
        end = "_total" if metric.type == "counter" else ""
        names[f"{metric.name}{end}"] = set(metric._labelnames)
    return names


def asked_in_board() -> list[str]:
    board = json.loads((deployed.DEPLOY / "grafana.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


def alerts() -> list[dict]:
    [rules] = deployed.read("alerts.yaml")
    return [rule for group in rules["groups"] for rule in group["rules"]]


def test_whatever_is_asked_for_is_told_and_all_that_is_told_is_on_the_board(all_told):
    expressions = [*asked_in_board(), *(rule["expr"] for rule in alerts())]
    assert {name for each in expressions for name in ASKED.findall(each)} - all_told.keys() == set()
    base = {re.sub("_(bucket|sum|count)$", "", name) for name in all_told if all_told}
    shown = {re.sub("_(bucket|sum|count)$", "", name) for each in asked_in_board() for name in ASKED.findall(each)}
    assert base - shown == set()
    everything = set().union(*all_told.values()) | {"instance"}
    for expression in expressions:
        used = {each.strip() for by in re.findall(r"by \(([^)]*)\)", expression) for each in by.split(",")}
        assert used | set(re.findall(r"(\w+)[=!]~?\"", expression)) <= everything, expression


def test_no_label_is_a_store_or_an_id(all_told):
    known = {"le", "route", "method", "status", "action", "outcome", "task", "queue", "kind", "party", "gateway"}
    known |= {"limit", "way", "sweep", "platform", "part", "process"}
    assert set().union(*all_told.values()) == known


def test_each_alarm_says_what_to_do_and_where_it_is_written():
    guide = (ROOT / "docs" / "deploy.md").read_text()
    anchors = {f"#{title.lower().replace(' ', '-')}" for title in re.findall(r"^#+ (.+)$", guide, re.MULTILINE)}
    assert len(alerts()) >= 10
    for rule in alerts():
        said = rule["annotations"]
        assert rule["labels"]["severity"] in ("page", "warn")
        assert rule["for"]
        assert said["summary"].endswith(".")
        assert said["what_to_do"].endswith(".")
        page, _sharp, anchor = said["runbook_url"].partition("#")
        assert (page, f"#{anchor}" in anchors) == ("docs/deploy.md", True), said["runbook_url"]


def test_the_kinds_that_alarms_name_are_kinds(db):
    [rule] = [each for each in alerts() if each["alert"] == "WanliuPersonIsWanted"]
    [named] = re.findall(r'kind=~"([^"]+)"', rule["expr"])
    assert set(named.split("|")) < {kind.code for kind in kinds_of_attention()}


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool isn't here (Debian: prometheus)")
def test_promtool_reads_the_alarms_and_the_boards_questions(tmp_path):
    rules = {"groups": [{"name": "board", "rules": [{"record": "board", "expr": each} for each in asked_in_board()]}]}
    board = tmp_path / "board.json"
    board.write_text(json.dumps(rules).replace("$__rate_interval", "5m"))
    for file in (deployed.DEPLOY / "alerts.yaml", board):
        ended = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stdout + ended.stderr
