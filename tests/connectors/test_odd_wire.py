"""What no platform documents, at the wire: it costs delay or shows as a sentence; nothing is taken over wrongly."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from connectors import http, pulling, working
from connectors.fakes.base import Reply
from connectors.models import RefundHint
from connectors.platforms import platform_of
from tests.connectors.shops import DETAIL, FAKES, LIST
from tests.connectors.way import Way
from tests.world import make_shop

AMOUNTS = {"refund_fee", "refundFee", "refund_amount", "amount", "total_fee", "payment", "order_amount", "goods_price"}
STATUSES = {"status", "after_sales_status", "after_sale_status"}
CHINESE = re.compile("[一-鿿]")
ENDS = {"has_next", "has_more", "pcursor", "total_results", "total_count", "total"}


def told(value: Any, change: Callable[[str, Any], Any]) -> Any:
    """A JSON value with each member changed, by its name."""
    match value:
        case dict():
            return {name: told(change(name, each), change) for name, each in value.items()}
        case list():
            return [told(each, change) for each in value]
    return value


def changed(change: Callable[[str, Any], Any]) -> Callable[[bytes], bytes]:
    return lambda body: json.dumps(told(json.loads(body), change), ensure_ascii=False).encode()


def _as_text(name: str, value: Any) -> Any:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number and name not in {"code", "errcode", "result"} else value


def _negative(name: str, value: Any) -> Any:
    if name not in AMOUNTS or isinstance(value, dict):
        return value
    return -value if isinstance(value, int) else f"-{value}"


def _strange(name: str, value: Any) -> Any:
    return "火星" if name in STATUSES and isinstance(value, str | int) else value


def _twice(name: str, value: Any) -> Any:
    return value + value if isinstance(value, list) else value


def _endless(name: str, value: Any) -> Any:
    if name not in ENDS or isinstance(value, dict):
        return value
    return "more" if name == "pcursor" else True if isinstance(value, bool) else 10**6


NO_ANSWER = {
    "a page": lambda body: b"<html><body>502 Bad Gateway, request id 7f</body></html>",
    "nothing": lambda body: b"",
    "a list": lambda body: b"[" + body + b"]",
    "null": lambda body: b"null",
    "another charset": lambda body: json.dumps(json.loads(body), ensure_ascii=False).encode("gbk", "replace"),
    "too much": lambda body: body[:-1] + b"," + b" " * 300_000 + body[1:],
    "NaN": lambda body: body[:-1] + b',"x":NaN}',
    "deep": lambda body: b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
}
IN_THE_ANSWER = {
    "numbers as text": changed(_as_text),
    "negative amounts": changed(_negative),
    "unknown statuses": changed(_strange),
    "every row twice": changed(_twice),
    "no end": changed(_endless),
}
INTERNALS = ("Error", "Exception", "Traceback", "<html", "None", "{", "\\x", "object at")


@pytest.fixture(params=sorted(FAKES.keys() - {"taote"}))
def way(request, db, clock, broker_tasks, monkeypatch):
    made, shop_at = FAKES[request.param]
    monkeypatch.setattr(http, "LONGEST_ANSWER", 200_000)
    monkeypatch.setattr(pulling, "LONGEST_WINDOW_S", 0)  # what has a second page is asked in halves at once
    monkeypatch.setattr(working, "TURN_S", 1)
    monkeypatch.setattr(type(platform_of(request.param)), "limits", ())  # hours pass within seconds of Valkey's clock
    with made() as fake:
        way = Way(make_shop(request.param), fake, clock, shop_at)
        way.add(2)
        way.connect()
        way.turns()
        assert len(way.mirror()) == 2
        yield way


def answering(way, call: str, spoil: Callable[[bytes], bytes] | None) -> None:
    """The fake's answers to this call are spoiled from now on; with None no more."""
    honest = type(way.fake).answer

    def answer(request):
        reply = honest(way.fake, request)
        if spoil is None or way.fake.call_of(request) != call:
            return reply
        return Reply(spoil(reply.body), reply.status, reply.content_type)

    way.fake.answer = answer


def words_of(way) -> list[str]:
    """All that people read of what went wrong."""
    shop = way.connection
    with way.shop.scope():
        hints = list(RefundHint.objects.values_list("last_error", flat=True))
    return [shop.told, shop.last_error, *hints, *(row.problem for row in way.mirror().values())]


@pytest.mark.parametrize("calls", [LIST, DETAIL], ids=["list", "detail"])
def test_odd_answers_cost_delay_and_nothing_is_taken_over_wrongly(way, calls, subtests):
    call = calls[way.name]
    for what, spoil in (NO_ANSWER | IN_THE_ANSWER).items():
        with subtests.test(what=what):
            before = {refund_id: row.copy for refund_id, row in way.mirror().items()}
            way.clock.move(seconds=2)
            [new] = way.add()
            answering(way, call, spoil)
            way.turns(most=4)
            way.turns(most=4)
            shop = way.connection
            assert (shop.status, shop.needs_attention) == ("connected", False), shop.told
            assert [words for words in words_of(way) if any(each in words for each in INTERNALS)] == []
            with translation.override("zh-hans"):
                assert [words for words in words_of(way)[1:] if words and not CHINESE.search(words)] == []
            mirror = way.mirror()
            assert {refund_id: mirror[refund_id].copy for refund_id in before} == before
            if what == "negative amounts":
                assert new not in mirror or mirror[new].problem or float(mirror[new].copy["amount"]) >= 0
            if what == "unknown statuses" and calls is DETAIL:
                assert (mirror[new].needs_look, mirror[new].raw_status.split("/")[0]) == (True, "火星")
            answering(way, call, None)
            way.fake.change(new, at=way.fake.now())
            way.turns(hours=1)
            way.turns(hours=1)
            way.assert_all_is_well()
