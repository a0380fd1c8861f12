"""One line per answered request: told by its route, found by its id, without a word about persons."""

import logging
import shlex
from io import StringIO

import pytest
from django.test import Client

from common.web import address_limits
from tests.world import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def written(monkeypatch):
    """What goes to the console meanwhile, as whole lines."""
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    stream = StringIO()
    monkeypatch.setattr(console, "stream", stream)
    return lambda: stream.getvalue().splitlines()


def access(lines: list[str]) -> list[dict[str, str]]:
    """The access log's lines, as name and value."""
    parsed = [dict(word.partition("=")[::2] for word in shlex.split(line)) for line in lines]
    return [line for line in parsed if line.get("logger") == "wanliu.access"]


def test_an_answer_has_a_line_with_route_status_store_and_key(taote, written):
    order = taote.order()
    answer = taote.merchant.get(f"orders/{order.number}/?buyer=%E5%B0%8F%E6%98%8E")
    [line] = access(written())
    assert float(line.pop("ms")) > 0
    assert {"timestamp", "level"} <= line.keys()
    assert {name: line[name] for name in line.keys() - {"timestamp", "level", "logger"}} == {
        "event": "answered",
        "method": "GET",
        "route": "api/v1/orders/<number>/",
        "status": str(answer.status_code),
        "store": taote.store.code,
        "key": taote.merchant_key.partition(".")[0],
        "request_id": answer["X-Request-ID"],
    }


@pytest.mark.parametrize(
    ("sent", "is_taken"),
    [
        ("erp-7f.3_A", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("short", False),
        ('a" b=c_______', False),
        ("", False),
    ],
)
def test_a_sane_request_id_is_taken_and_any_is_answered(taote, written, sent, is_taken):
    answers = [taote.merchant.client.get("/api/v1/orders/", headers={"X-Request-ID": sent}) for _ in range(2)]
    ids = [answer["X-Request-ID"] for answer in answers]
    assert (ids == [sent, sent]) is is_taken
    assert len(set(ids)) == (1 if is_taken else 2)
    assert [line["request_id"] for line in access(written())] == ids


def test_a_store_of_the_request_before_is_not_in_the_next_ones_line(taote, written):
    taote.merchant.get("orders/")
    Client().get("/api/v1/orders/")
    assert ["store" in line for line in access(written())] == [True, False]


@pytest.mark.parametrize("method", ["put", "options", "get", "post"])
@pytest.mark.parametrize(
    "secret", ["/b/{}/", "/api/v1/orders/{}/", "/api/v1/orders/?key={}", "/nowhere/{}", "/admin/{}/"]
)
def test_no_line_holds_what_stands_in_an_address(taote, written, method, secret):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    address = secret.format("wx5T0kenOfABuyer")
    assert getattr(client, method)(address).status_code in (200, 302, 401, 403, 404, 405)
    assert written()
    assert "wx5T0ken" not in "\n".join(written())


def test_the_link_is_in_no_line_when_it_is_called_too_often(written, monkeypatch):
    monkeypatch.setattr(address_limits, "WAYS_IN", (address_limits.WayIn("/b/", 0),))
    assert Client().get("/b/wx5T0kenOfABuyer/").status_code == 429
    assert [line["route"] for line in access(written())] == ["b/<str:token>/"]
    assert "wx5T0ken" not in "\n".join(written())


def test_the_link_is_in_no_line_when_something_breaks(written, monkeypatch):
    monkeypatch.setattr("offers.buyer.views.read_link", lambda token: 1 / 0)
    assert Client(raise_request_exception=False).get("/b/wx5T0kenOfABuyer/").status_code == 500
    text = "\n".join(written())
    assert "ZeroDivisionError" in text
    assert "Internal Server Error: b/<str:token>/" in text
    assert "wx5T0ken" not in text


def test_a_search_in_the_desk_is_in_no_line(taote, written):
    client = Client()
    client.force_login(make_user("anna", shop=taote, role="agent"))
    assert client.get("/admin/orders/order/?q=Wang+Xiaoming").status_code == 200
    assert "Xiaoming" not in "\n".join(written())


def test_every_line_of_a_request_has_its_id(taote, written):
    taote.merchant.client.post("/gateways/sandbox/webhook/", b"{}", content_type="application/json")
    lines = written()
    assert len(lines) == 2, lines
    ids = {dict(word.partition("=")[::2] for word in shlex.split(line))["request_id"] for line in lines}
    assert len(ids) == 1


def test_who_forges_a_header_fills_no_disk(written):
    assert Client(headers={"Host": "evil" * 600}).get("/admin/login/").status_code == 400
    [refusal] = [line for line in written() if "django.security" in line]
    assert "Invalid HTTP_HOST header" in refusal
    assert "Traceback" not in refusal
    assert len(refusal) < 500
