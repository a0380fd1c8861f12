"""No page runs a script that stands in it: what somebody smuggles into a text stays a text."""

import re

import pytest
from django.test import Client

from common.rates import Rate
from common.web import address_limits
from tests.cases import for_each

pytestmark = pytest.mark.django_db

SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)
HANDLER = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=|javascript:", re.IGNORECASE)


def check(answer) -> None:
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert (policy["default-src"], policy["object-src"], policy["base-uri"]) == ("'self'", "'none'", "'self'")
    text = answer.content.decode()
    assert [tag for tag in SCRIPT.findall(text) if "src=" not in tag and "application/json" not in tag] == []
    assert HANDLER.findall(text) == []


@for_each("path", ["", "refunds/refund/", "orders/order/", "offers/coupon/add/", "insights/", "stores/apikey/add/"])
def test_the_desk_has_no_script_in_its_pages(sign_in, taote, path):
    taote.refund()
    check(sign_in("owner", taote).get(path))


def test_the_page_of_a_refund_has_no_script_in_it(sign_in, taote):
    check(sign_in("owner", taote).get(f"refunds/refund/{taote.refund().pk}/change/"))


@for_each("path", ["/admin/login/", "/b/x/", "/api/v1/docs/"])
def test_pages_for_strangers_have_none_either(path):
    check(Client().get(path))


def test_whoever_is_refused_before_a_page_gets_a_policy_too(monkeypatch):
    monkeypatch.setattr(address_limits, "count_use", lambda *args, **kwargs: Rate(most=0, used=1, resets_in_s=7))
    for path, policy in (
        ("/b/x/", "'self'"),
        ("/admin/login/", "'self'"),
        ("/api/v1/x/", "'none'"),
    ):
        answer = Client().get(path)
        assert (answer.status_code, answer.headers["X-Frame-Options"]) == (429, "DENY")
        assert f"default-src {policy}" in answer.headers["Content-Security-Policy"]


def test_an_answer_of_the_api_may_do_nothing_and_knows_no_session(taote, sign_in):
    answer = taote.merchant.get("orders/")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert not answer.cookies
    somebody = sign_in("owner", taote)
    assert somebody.client.get("/api/v1/orders/").status_code == 401, "who is signed in at the desk has no key"
