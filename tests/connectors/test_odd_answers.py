"""What nobody thinks of a platform doing: nothing is lost, nothing guessed, and a person is told in clear words."""

import zlib
from datetime import timedelta

import pytest

from common import clock as wall
from connectors import http
from connectors.platforms import platform_of, wechat_shop
from connectors.port import Unreachable, UnreadableCopy, WindowTooFull
from tests.connectors.conftest import ago
from tests.connectors.shops import FAKES, Tried, tried
from tests.connectors.test_http import Wire
from tests.world import NOON

IDS = {
    "tmall": "refund_id",
    "kuaishou": "refundId",
    "pinduoduo": "id",
    "wechat_shop": "after_sale_order_id",
    "douyin": "id",
}


@pytest.mark.parametrize("name", IDS)
def test_details_of_another_refund_than_was_asked_for_are_not_taken(name, clock):
    made, shop_at = FAKES[name]
    with made() as fake:
        refund = fake.add()
        at = Tried(platform_of(name), fake)
        read = {"refund_id": refund.id, "order_number": at.order_of(refund.id) or "1", "now": wall.now()}
        assert at.platform.read(shop_at(fake), **read).id == refund.id
        refund.fields[IDS[name]] = 4711
        with pytest.raises(UnreadableCopy):
            at.platform.read(shop_at(fake), **read)


def test_a_list_that_does_not_say_how_long_it_is_is_no_list(clock, monkeypatch):
    at = tried("pinduoduo")
    with at.fake:
        ids = {at.fake.add().id for _ in range(150)}
        since, until = NOON - timedelta(minutes=1), NOON + timedelta(minutes=1)
        assert {row.id for row in at.list(since, until)} == ids
        answer = type(at.fake)._list

        def shorter(self, params):
            said = answer(self, params)
            next(iter(said.values())).pop("total_count")
            return said

        monkeypatch.setattr(type(at.fake), "_list", shorter)
        with pytest.raises(Unreachable, match="how many"):
            at.list(since, until)


def test_a_list_that_never_ends_is_asked_in_shorter_windows(clock, monkeypatch):
    at, keys = tried("wechat_shop"), iter(range(10**6))
    monkeypatch.setattr(wechat_shop, "MOST_PAGES", 5)
    endless = {"after_sale_order_id_list": [], "has_more": True}
    monkeypatch.setattr(wechat_shop, "ask_weixin", lambda *told: endless | {"next_key": f"{next(keys)}"})
    with pytest.raises(WindowTooFull):
        at.list(NOON - timedelta(minutes=1), NOON)
    assert next(keys) == 5


def test_an_id_that_is_used_for_another_order_moves_nothing(connected, clock):
    connected.server.put("R1", ago(hours=1))
    connected.turn()
    connected.server.put("R1", NOON, status="refunded", order="another")
    clock.move(hours=1)
    connected.turn()
    row = connected.row("R1")
    assert (row.needs_look, "another order" in row.problem) == (True, True)
    assert row.refund.status == "awaiting_merchant"


def test_what_could_not_be_taken_over_is_tried_again_by_the_comparison_although_nothing_has_changed(connected, clock):
    connected.server.put("R1", ago(hours=1))
    connected.turn()
    connected.server.put("R1", NOON, status="refunded", order="another")
    clock.move(hours=1)
    connected.turn()
    assert connected.row("R1").problem
    connected.server.refunds["R1"]["order"] = "O-R1"
    clock.move(hours=37)
    connected.turn()
    row = connected.row("R1")
    assert (row.problem, row.needs_look, row.refund.status) == ("", False, "refunded")


def test_the_same_refund_on_two_pages_is_the_newer_one(connected, clock):
    for number in range(3):
        connected.server.put(f"R{number}", ago(minutes=20))
    moved = {"rows": [connected.server.refunds["R0"]]}
    connected.server.faults["list"] = [
        None,
        lambda _body: connected.server.put("R0", ago(minutes=19), status="agreed") and moved,
    ]
    connected.turn()
    assert connected.mirror()["R0"] == (2, "agreed")


def test_a_gzip_bomb_is_given_up_on(monkeypatch):
    monkeypatch.setattr(http, "LONGEST_ANSWER", 1024 * 1024)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(64)) + packer.flush()
    assert len(bomb) < 100_000
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    with Wire(head % len(bomb) + bomb) as wire, pytest.raises(Unreachable, match="too long"):
        http.send("GET", wire.url)
