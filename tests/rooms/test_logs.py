"""Every line of the log is an object with its ids, and holds nobody's data, whatever went wrong with whose data."""

import logging
import sys

import pytest
from celery.app.trace import build_tracer
from celery.worker.consumer import consumer
from django.db import DatabaseError, connection, transaction
from django.test import Client

from common.log_values import last_words_without_values
from common.tenancy import tenant_scope
from config.celery import app
from config.logs import configure_logs, log_format
from orders import tracking
from orders.erp import reading
from orders.models import Shipment
from payments import settlement
from payments.models import Payment
from tests.rooms.logs import MARK, PHONE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
log = logging.getLogger("wanliu.tests")


class Marked(Exception):
    """Says what nobody may read in a log."""


def test_json_where_people_work():
    assert log_format({"LOG_FORMAT": None, "PRODUCTION": True}) == "json"
    assert log_format({"LOG_FORMAT": None, "PRODUCTION": False}) == "line"
    assert log_format({"LOG_FORMAT": "line", "PRODUCTION": True}) == "line"


def test_a_record_is_an_object_with_time_level_logger_and_store(taote, written):
    with tenant_scope(taote.store.pk):
        log.warning("%d rows wait", 3, extra={"event_id": 7})
    log.warning("of nobody")
    one, other = written()
    assert one.pop("timestamp").endswith("Z")
    assert one == {
        "level": "warning",
        "logger": "wanliu.tests",
        "event": "3 rows wait",
        "store_id": taote.store.pk,
        "event_id": 7,
    }
    assert other.keys() == {"timestamp", "level", "logger", "event"}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT CAST(%s AS integer)", "DataError 22P02"),
        ("INSERT INTO common_setback (sweep) VALUES (%s)", "IntegrityError 23502"),
    ],
)
def test_a_row_in_the_databases_message_is_not_logged(written, statement, kind):
    with pytest.raises(DatabaseError, match=MARK) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [MARK])
    error = raised.value
    log.error("it failed with %r, %s", error, error, exc_info=error)
    log.error(error)
    told, alone = written()
    assert told["event"] == f"it failed with {kind}, {kind}"
    assert told["exception"].startswith(f"{kind}\n")
    assert __file__ in told["exception"]
    assert alone["event"] == kind


def test_what_an_error_came_of_is_told_too(written):
    try:
        try:
            int(MARK)
        except ValueError as error:
            raise Marked(MARK) from error
    except Marked:
        log.exception("it failed")
    [told] = written()
    assert told["exception"].startswith("Marked\n")
    assert "because of ValueError\n" in told["exception"]


def test_a_page_and_a_call_that_break(taote, written, monkeypatch):
    def breaks(*args, **kwargs):
        raise Marked(MARK, args, kwargs)

    monkeypatch.setattr("offers.buyer.views.read_link", breaks)
    assert Client(raise_request_exception=False).get(f"/b/{MARK}/?phone={MARK}").status_code == 500
    taote.merchant.get(f"orders/?q={MARK}&{MARK}=1")
    Client().post("/admin/login/", {"username": MARK, "password": MARK})
    Client(headers={"Authorization": f"Api-Key {PHONE}"}).get(f"/api/v1/refunds/{MARK}/")
    monkeypatch.setattr("rest_framework.views.APIView.initial", breaks)
    with pytest.raises(Marked):
        taote.merchant.put(f"orders/{MARK}/", {"number": MARK, "buyer_name": MARK, "address": MARK})
    lines = written()
    assert any("Marked" in line.get("exception", "") for line in lines)
    assert all("request_id" in line for line in lines)


def test_a_task_that_fails_tells_neither_what_it_was_told_nor_what_it_said(written, monkeypatch):
    @app.task(name="tests.fails")
    def fails(**told):
        log.warning("under way")
        raise Marked(f"{told}")

    monkeypatch.setattr("common.hints.seconds_off", lambda: 0)  # the tests' clock isn't PostgreSQL's
    try:
        build_tracer(fails.name, fails, app=app)("an-id", (), {"address": MARK}, {"id": "an-id", "is_eager": False})
    finally:
        app.tasks.pop("tests.fails")
    log.warning("over")
    inside, failed, over = written()
    assert (inside["task"], inside["task_id"]) == ("tests.fails", "an-id")
    assert "tests.fails[an-id]" in failed["event"]
    assert "Marked" in failed["event"]
    assert __file__ in failed["exception"]
    assert "task_id" not in over


def test_a_task_that_is_done_tells_not_what_it_answered(written, monkeypatch):
    @app.task(name="tests.answers")
    def answers():
        return {"buyer": MARK}

    monkeypatch.setattr("common.hints.seconds_off", lambda: 0)
    try:
        build_tracer(answers.name, answers, app=app)("an-id", (), {}, {"id": "an-id", "is_eager": False})
    finally:
        app.tasks.pop("tests.answers")
    [done] = written()
    assert "succeeded in" in done["event"]


@pytest.mark.parametrize("said", [consumer.UNKNOWN_TASK_ERROR, consumer.INVALID_TASK_ERROR, consumer.UNKNOWN_FORMAT])
def test_a_message_that_celery_can_not_read_is_not_shown(written, said):
    consumer.logger.error(said, *[MARK] * said.count("%"))
    [line] = written()
    assert line["event"]


def test_a_carrier_and_a_gateway_that_raise(written, monkeypatch):
    def raises(name):
        raise Marked(f"{MARK} {name}")

    shipment = Shipment(pk=7, port="sandbox", tracking_number=MARK, address=MARK)
    monkeypatch.setattr(tracking, "carrier", raises)
    monkeypatch.setattr(settlement, "gateway", raises)
    tracking._ask(shipment)
    settlement._ask(Payment(pk=8, gateway="sandbox", buyer_id=MARK), was_asked=False, refusal="")
    of_the_carrier, of_the_gateway = written()
    assert of_the_carrier["event"].startswith("carrier sandbox raised for shipment 7: Marked\n")
    assert of_the_gateway["event"].startswith("gateway sandbox raised for payment 8: Marked\n")


def test_the_process_that_reads_files_breaks_without_the_words_of_a_cell(written, monkeypatch, tmp_path):
    breaks = tmp_path / "breaks"
    breaks.write_text(f"#!/bin/sh\necho 'ValueError: no number: {MARK}' >&2\nexit 1\n")
    breaks.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(breaks))
    with (tmp_path / "sent").open("w+b") as sent, (tmp_path / "read").open("w+b") as read:
        reading._read(sent, read, 60, None)
    [line] = written()
    assert line["event"] == "a file could not be read (1): ValueError"


def test_of_a_process_that_broke_the_frames_and_the_class_are_kept():
    words = f'{MARK}\n  File "/srv/sheets.py", line 7, in read\n    cell({MARK!r})\nbuiltins.ValueError: {MARK}\n'
    assert last_words_without_values(words) == 'File "/srv/sheets.py", line 7, in read\nbuiltins.ValueError'


def test_statements_and_arguments_are_not_logged_however_much_is(monkeypatch):
    monkeypatch.setattr("sys.excepthook", None)
    levels = {name: logger["level"] for name, logger in configure_logs("DEBUG", "line")["loggers"].items()}
    assert levels["wanliu"] == "DEBUG"
    assert "DEBUG" not in {levels[name] for name in ("django.db.backends", "django.template", "celery.pool", "urllib3")}
