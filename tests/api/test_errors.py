"""One shape for every error, whatever is sent; what is unexpected is logged and never shown."""

import json
import logging

import pytest
from django.test import Client

from common.tenancy import system_scope
from refunds.models import Refund
from stores.api.throttle import KeyThrottle
from tests.cases import for_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KINDS = {"validation_error", "client_error", "server_error"}


def check_shape(answer, status, code=None, attr=...):
    """The answer is an error of this status, in the one shape."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    assert set(body) == {"type", "errors"}
    assert body["type"] in KINDS
    assert all(set(error) == {"code", "detail", "attr"} for error in body["errors"])
    assert all(isinstance(error["detail"], str) and error["detail"] for error in body["errors"])
    if code is not None:
        assert body["errors"][0]["code"] == code
    if attr is not ...:
        assert body["errors"][0]["attr"] == attr
    return body


def raw(shop, body, path="refunds/", kind="buyer", content_type="application/json", **headers):
    client = getattr(shop, kind).client
    return client.post(f"/api/v1/{path}", body, content_type=content_type, headers=headers)


def test_the_refusals_have_one_shape(taote):
    refund = taote.refund()
    check_shape(taote.buyer.post("refunds/", {}), 400, "required", "order")
    check_shape(Client().get("/api/v1/refunds/"), 401, "not_authenticated", None)
    check_shape(taote.buyer.post(f"refunds/{refund.pk}/approve/"), 403, "permission_denied", None)
    check_shape(taote.merchant.get("refunds/x/"), 404, "not_found", None)
    check_shape(taote.merchant.get("no/such/address/"), 404, "not_found", None)
    check_shape(taote.merchant.client.delete("/api/v1/refunds/"), 405, "method_not_allowed", None)
    check_shape(taote.merchant.client.get("/api/v1/refunds/", headers={"Accept": "text/html"}), 406)
    check_shape(taote.merchant.post(f"refunds/{refund.pk}/inspect/", {"result": "passed"}), 409, "invalid_transition")
    check_shape(
        raw(taote, "a=b", content_type="application/x-www-form-urlencoded"), 415, "unsupported_media_type", None
    )


def test_a_state_that_refuses_says_what_to_do_in_the_clients_language(taote):
    refund = taote.refund()
    answer = taote.merchant.post(
        f"refunds/{refund.pk}/inspect/", {"result": "passed"}, **{"Accept-Language": "zh-hans"}
    )
    assert check_shape(answer, 409)["type"] == "client_error"
    assert answer["Content-Language"] == "zh-hans"


def test_too_many_calls_are_told_when_to_come_back(taote, other, monkeypatch):
    monkeypatch.setattr(KeyThrottle, "THROTTLE_RATES", {"key": "2/min"})
    codes = [taote.merchant.get("stores/").status_code for _ in range(2)]
    answer = taote.merchant.get("stores/")
    assert codes == [200, 200]
    check_shape(answer, 429, "throttled", None)
    assert 0 < int(answer["Retry-After"]) <= 60
    assert other.merchant.get("stores/").status_code == 200, "another key has its own rate"


MALFORMED = {
    "broken": '{"store": ',
    "bare word": "refund",
    "two values": "{} {}",
    "not UTF-8": b'{"store": "\xff"}',
    "UTF-16": '{"store": "x"}'.encode("utf-16"),
    "control character": '{"store": "\0"}',
    "too deep": "[" * 100_000,
    "too deep, closed": "[" * 50_000 + "]" * 50_000,
    "too deep objects": '{"a":' * 50_000,
}


@for_each("body", MALFORMED.values(), ids=list(MALFORMED))
@for_each("headers", [{}, {"Idempotency-Key": "k"}], ids=["plain", "idempotent"])
def test_a_body_that_is_not_json_is_refused(taote, body, headers):
    check_shape(raw(taote, body, path=f"refunds/?store={taote.store.code}", **headers), 400, "parse_error", None)


def test_a_body_that_would_be_misread_is_refused_and_a_mark_of_utf8_is_none_of_it(taote):
    body = json.dumps({"item_id": "1", "title": "杯", "price": "1.00"}, ensure_ascii=False)

    def send(body, **headers):
        return taote.merchant.client.generic("POST", "/api/v1/products/", body, "application/json", headers=headers)

    for coding in ("gzip", "br", "x, identity"):  # also where the body isn't packed after all
        detail = check_shape(send(body, **{"Content-Encoding": coding}), 415)["errors"][0]["detail"]
        assert "Content-Encoding" in detail, coding
    check_shape(taote.merchant.upload("orders/import-shipments/", b"x", **{"Content-Encoding": "gzip"}), 415)
    assert "UTF-8" in check_shape(send(body.encode("gbk")), 400, "parse_error")["errors"][0]["detail"]
    assert taote.merchant.get("products/").json()["results"] == []
    for sent in (body.encode("utf-8-sig"), body.encode()):
        assert send(sent, **{"Content-Encoding": "identity"}).json()["title"] == "杯"


def test_a_call_names_one_store(taote, other):
    refund = taote.refund()
    path = f"refunds/{refund.pk}/messages/?store={taote.store.code}"
    check_shape(taote.buyer.post(path, {"store": other.store.code, "text": "x"}), 400, "invalid", "store")
    assert taote.buyer.post(path, {"text": "x"}).status_code == 201


def test_a_marketplace_names_the_store_and_a_merchant_no_other_than_its_own(taote, other):
    for shop, code, found in (
        (taote.buyer, None, (400, "required")),
        (taote.buyer, "nowhere", (404, "not_found")),
        (taote.buyer, taote.store.code, (200, None)),
        (taote.merchant, other.store.code, (404, "not_found")),
        (taote.merchant, taote.store.code, (200, None)),
        (taote.merchant, None, (200, None)),
        *((each, code, (400, "invalid")) for each in (taote.buyer, taote.merchant) for code in ("", "a\0", "a\nb")),
    ):
        answer = shop.client.get("/api/v1/refunds/", {} if code is None else {"store": code})
        told = answer.json().get("errors", [{"code": None}])[0]
        assert (answer.status_code, told["code"]) == found, (shop, code)
    for code in (5, ["x"], {}, True, ""):
        answer = taote.merchant.post("products/", {"store": code, "item_id": "1", "title": "x", "price": "1.00"})
        check_shape(answer, 400, "invalid", "store")


@for_each("header", ["Bearer", "Bearer a b", "bearer ", "Bearer x.y"])
def test_a_header_without_one_key_is_401(taote, header):
    assert taote.merchant.client.get("/api/v1/refunds/", headers={"Authorization": header}).status_code == 401


@for_each("headers", [{}, {"Idempotency-Key": "k"}], ids=["plain", "idempotent"])
def test_a_body_that_is_too_large_is_413(taote, headers):
    answer = raw(taote, '"' + "x" * 3_000_000 + '"', path=f"refunds/?store={taote.store.code}", **headers)
    assert check_shape(answer, 413, "request_too_large", None)["type"] == "client_error"


@for_each("body", ["[]", "[{}]", '"text"', "1", "true", "null", "1.5"])
def test_a_body_that_is_no_object_is_refused(taote, body):
    check_shape(raw(taote, body, path=f"refunds/?store={taote.store.code}"), 400)
    check_shape(raw(taote, body, path="offers/", kind="merchant"), 400)


@for_each("body", ["1", "true", "null", "1.5"])
def test_a_body_that_is_no_product_is_refused(taote, body):
    check_shape(raw(taote, body, path="products/", kind="merchant"), 400)


UNSTORABLE = [r"\u0000", r"\ud800", r"a\udfff", r"\ude00\ud83d"]


@for_each("text", UNSTORABLE)
@for_each("field", ["store", "order", "kind", "reason", "description", "amount"])
@for_each("headers", [{}, {"Idempotency-Key": "k"}], ids=["plain", "idempotent"])
def test_text_that_cannot_be_kept_is_refused_and_names_the_field(taote, text, field, headers):
    body = {"store": taote.store.code, "order": "1", "kind": "refund_only", "reason": "other", "amount": "1.00"}
    sent = json.dumps({**body, field: "@"}).replace("@", text)
    check_shape(raw(taote, sent, **headers), 400, "invalid", field)


def test_such_text_is_found_inside_lists_too(taote):
    body = r'[{"item_id": "1", "title": "ok", "price": "1.00"}, {"item_id": "2", "title": "\ud800", "price": "1.00"}]'
    check_shape(raw(taote, body, path="products/", kind="merchant"), 400, "invalid", "1.title")
    assert taote.merchant.get("products/").json()["results"] == []


def test_a_whole_surrogate_pair_is_an_emoji(taote):
    body = r'{"item_id": "1", "title": "\ud83d\ude00", "price": "1.00"}'
    assert raw(taote, body, path="products/", kind="merchant").json()["title"] == "😀"


@for_each("name", ["%00", "a%00b", "%ED%A0%80", "%FF", "x" * 3000, "..%2F", "%F0%9F%98%80", "9" * 400])
def test_a_name_in_the_path_that_cannot_exist_is_not_found(taote, name):
    for path in ("orders/{}/", "products/{}/", "refunds/{}/", "offers/{}/", "payments/{}/", "refunds/{}/timeline/"):
        assert taote.merchant.client.get(f"/api/v1/{path.format(name)}").status_code == 404
    for path, body in (
        ("orders/{}/ship/", {"carrier": "SF", "tracking_number": "1"}),
        ("refunds/{}/approve/", {}),
        ("refunds/{}/reject/", {"reason": "no"}),
    ):
        assert taote.merchant.post(path.format(name), body).status_code == 404


def test_digits_of_another_script_are_no_id(taote):
    refund = taote.refund()
    wide = str(refund.pk).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    assert taote.merchant.client.get(f"/api/v1/refunds/{refund.pk}/").status_code == 200
    assert taote.merchant.client.get(f"/api/v1/refunds/{wide}/").status_code == 404


def test_fields_that_nobody_knows_are_named_and_nothing_is_done(taote):
    refund = taote.refund()
    answer = taote.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no", "status": "refunded", "x": [10.5]})
    assert [error["attr"] for error in check_shape(answer, 400, "unknown")["errors"]] == ["status", "x"]
    assert taote.merchant.get(f"refunds/{refund.pk}/").json()["status"] == "awaiting_merchant"


@for_each("quantity", [0, -1, 100_001, 10**30, "many", 1.5, True, None, "1" * 5000])
def test_a_quantity_is_a_small_whole_number(taote, quantity):
    order = taote.order()
    lines = [{"item_id": "8000", "quantity": quantity}]
    body = {"order": order.number, "kind": "refund_only", "reason": "other", "amount": "1.00", "lines": lines}
    check_shape(taote.buyer.post("refunds/", body), 400, attr="lines.0.quantity")
    assert taote.merchant.get("refunds/").json()["results"] == []


@for_each("item_id", ["", "abc", "1" * 21, "１２", -1, 1.0, True, None, [], " 1"])
def test_an_item_id_is_digits(taote, item_id):
    answer = taote.merchant.post("products/", {"item_id": item_id, "title": "Quilt", "price": "1.00"})
    check_shape(answer, 400, attr="item_id")


def test_what_nobody_expected_is_logged_and_not_shown(taote, monkeypatch, caplog):
    refund = taote.refund()

    def explode(**kwargs):
        Refund.objects.filter(pk=refund.pk).update(description="half done")
        raise RuntimeError("the secret word is swordfish")

    monkeypatch.setattr("refunds.actions.approve_refund", explode)
    taote.merchant.client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        answer = taote.merchant.post(f"refunds/{refund.pk}/approve/")
    body = check_shape(answer, 500, "error", None)
    assert body["type"] == "server_error"
    assert body["errors"][0]["detail"].endswith(f" {answer['X-Request-ID']}.")
    assert "swordfish" not in answer.content.decode()
    [record] = [record for record in caplog.records if record.name == "wanliu.api"]
    assert "swordfish" in str(record.exc_info[1])


@pytest.mark.django_db(transaction=True)
def test_what_nobody_expected_leaves_nothing_behind_and_may_be_sent_again(taote, monkeypatch):
    refund = taote.refund()
    key = {"Idempotency-Key": "again"}
    taote.merchant.client.raise_request_exception = False

    def explode(**kwargs):
        Refund.objects.filter(pk=refund.pk).update(description="half done")
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("refunds.actions.approve_refund", explode)
        assert taote.merchant.post(f"refunds/{refund.pk}/approve/", **key).status_code == 500
    with system_scope():
        assert Refund.objects.get().description == ""
    answer = taote.merchant.post(f"refunds/{refund.pk}/approve/", **key)
    assert (answer.status_code, answer.has_header("Idempotency-Replayed")) == (200, False)


@for_each("method", ["post", "patch", "put", "delete"])
def test_a_write_without_the_final_slash_is_an_error_and_never_a_get(taote, method):
    client = taote.merchant.client
    body = check_shape(getattr(client, method)("/api/v1/orders", {}, format="json"), 404, "not_found", None)
    assert "slash" in body["errors"][0]["detail"]
    assert client.get("/api/v1/orders").headers["Location"] == "/api/v1/orders/"
