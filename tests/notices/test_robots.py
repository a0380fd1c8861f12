"""Group robots: what goes over the wire, what their answers mean, and how much a chat takes."""

import json
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from django.db import InterfaceError, OperationalError, connection

from common.errors import Invalid, Refused
from common.models import Event
from common.tenancy import system_scope
from notices.actions import change_robot, delete_robot, pause_robot, resume_robot, send_test_message
from notices.models import DeskNotice, NoticeCopy, Robot
from notices.planning import make_notices
from notices.robots import ROBOTS
from notices.robots.base import GroupLine, GroupMessage
from notices.sending import call_robots
from tests.concurrency.crash import crash_at
from tests.notices.chats import CHATS, said
from tests.notices.conftest import robot_of, terms_of
from tests.webhooks.receiver import answer
from tests.world import MERCHANT, NOON, wait

BY = {"actor": MERCHANT, "now": NOON}


def test_each_chat_takes_what_its_robot_is_told_and_reads_nothing_of_the_buyer(shop, chat, work):
    terms_of(shop, gathering="at_once", language="en")
    chats = {name: chat(name) for name in CHATS}
    assert set(chats) == set(ROBOTS)  # a file more needs a chat here
    robots = {name: robot_of(shop, name, there, keyword="退款[1]") for name, there in chats.items()}
    refund = shop.refund(description="my phone is 13912345678")
    work()
    with shop.scope():
        notice = DeskNotice.objects.get(refund_id=refund.pk)
        number = notice.order_number
    for name, there in chats.items():
        (received,) = there.received
        text = there.text()
        assert received.line.startswith("POST ")
        assert f"退款[1] · {shop.store.name}" in text
        assert all(part in text for part in ("Refund requested", number, "¥59.00", f"/admin/notices/{notice.pk}/"))
        assert not any(part in received.body.decode() for part in ("13912345678", "王小明", "buyer-1", "文三路"))
        now = shop.reload(robots[name])
        assert (len(now.sent_at), now.said, bool(now.told_at)) == (1, "", True)
    with shop.scope():
        assert set(NoticeCopy.objects.values_list("status", flat=True)) == {"sent"}
    work()
    assert [len(there.received) for there in chats.values()] == [1, 1, 1]


def test_what_orders_hold_becomes_no_link_and_no_mention():
    line = GroupLine("T", "order <@all> [x](http://evil) @all *b*\n# h", "http://desk/1")
    for robot in ROBOTS.values():
        body = robot.call("http://r/?a=1", "", GroupMessage("S<at id=all>", (line,)), NOON).body.decode()
        assert not any(bad in body for bad in ("<@all>", "](http://evil", "@all", "<at", "*b*", "\\n# h"))
        assert "http://desk/1" in body


def test_a_long_digest_keeps_to_the_chats_size_and_says_what_is_left_out():
    lines = tuple(GroupLine("退款" * 40, "单" * 60, "http://desk/1") for _ in range(15))
    for robot in ROBOTS.values():
        body = json.loads(
            robot.call("http://r/?a=1", "s" if robot.signs else "", GroupMessage("S", lines, 3), NOON).body
        )
        text = body["markdown"]["content"] if robot.name == "wecom" else json.dumps(body, ensure_ascii=False)
        assert len(text.encode()) <= robot.longest_body
        assert f"… and {18 - text.count('http://desk/1')} more" in text


ANSWERS = [
    ("wecom", said(errcode=45009, errmsg="api freq out of limit"), "slow_down"),
    ("wecom", said(errcode=93000, errmsg="invalid webhook url"), "gone"),
    ("dingtalk", said(errcode=130101, errmsg="send too fast, exceed 20 times per minute"), "slow_down"),
    ("dingtalk", said(errcode=310000, errmsg="sign not match"), "signature"),
    ("dingtalk", said(errcode=310000, errmsg="description:机器人发送签名不匹配;solution:…"), "signature"),
    ("dingtalk", said(errcode=310000, errmsg="keywords not in content"), "keyword"),
    ("dingtalk", said(errcode=310000, errmsg="description:关键词不匹配;solution:…"), "keyword"),
    ("dingtalk", said(errcode=310000, errmsg="ip 1.2.3.4 not in whitelist"), "address_list"),
    ("dingtalk", said(errcode=310000, errmsg="invalid timestamp"), "busy"),
    ("dingtalk", said(errcode=400102, errmsg="机器人已停用"), "switched_off"),
    ("dingtalk", said(errcode=300001, errmsg="token is not exist"), "gone"),
    ("dingtalk", said(errcode=430104, errmsg="inappropriate text"), "not_taken"),
    ("dingtalk", said(errcode="310000", errmsg="sign not match"), "not_understood"),
    ("feishu", said(code=19021, msg="sign match fail"), "signature"),
    ("feishu", said(code=19024, msg="Key Words Not Found"), "keyword"),
    ("feishu", said(code=19022, msg="Ip Not Allowed"), "address_list"),
    ("feishu", said(code=11232, msg="frequency limited"), "slow_down"),
    ("feishu", answer(400, json.dumps({"code": 19001, "msg": "param invalid"}).encode()), "gone"),
    ("feishu", answer(302, b"", Location="http://127.0.0.1/"), "gone"),
    ("feishu", answer(502, b"<html>"), "busy"),
    ("feishu", answer(200, b"<html>\0"), "not_understood"),
    ("feishu", answer(200, b"[1]"), "not_understood"),
    ("feishu", b"nothing of HTTP\r\n\r\n", "not_http"),
    ("feishu", b"", "not_http"),
]


def test_an_answer_says_what_to_do_and_only_what_a_person_must_set_right_stops_a_robot(shop, chat):
    """200 says nothing: the code in the body does. A test is tried once, whatever comes of it."""
    there = {name: chat(name) for name in CHATS}
    robots = {name: robot_of(shop, name, each) for name, each in there.items()}
    for platform, raw, means in ANSWERS:
        robot = robots[platform]
        there[platform].answers.append(raw)
        with shop.scope():
            send_test_message(store_id=shop.store.pk, robot_id=robot.pk, **BY)
        assert call_robots(ids=[robot.pk]) == 1, (platform, means)
        now, stops = shop.reload(robot), means in ("signature", "keyword", "address_list", "switched_off", "gone")
        with shop.scope():
            copy = NoticeCopy.objects.filter(robot=robot).latest("pk")
        assert (copy.error, copy.status) == (means, "failed"), raw
        assert (now.status, now.paused_for) == (("paused", means) if stops else ("active", "")), raw
        assert now.failures == (means in ("busy", "not_understood", "not_http")) + 0 or now.failures > 1, raw
        assert (not now.sealed.count("bot1") and there[platform].secret not in now.said) or not there[platform].secret
        if stops:
            with pytest.raises(Refused), shop.scope():
                send_test_message(store_id=shop.store.pk, robot_id=robot.pk, **BY)
            with shop.scope():
                resume_robot(store_id=shop.store.pk, robot_id=robot.pk, **BY)
        with shop.scope():
            Robot.objects.filter(pk=robot.pk).update(sent_at=[])


@pytest.mark.parametrize("platform", sorted(CHATS))
def test_an_answer_that_says_again_what_it_was_called_with_shows_no_secret(shop, chat, platform):
    there = chat(platform)
    address = f"{there.url}{'&' if '?' in there.url else '?'}access_token=tok-123456789"
    robot = robot_of(shop, platform, there, url=address)
    secret = there.secret or "this chat has none"
    for before in (0, 185):  # the answer is cut off in the middle of it
        there.answers.append(answer(200, f"{'x' * before}{address} {secret}".encode()))
        with shop.scope():
            send_test_message(store_id=shop.store.pk, robot_id=robot.pk, **BY)
        call_robots(ids=[robot.pk])
        shown = shop.reload(robot).said
        assert "tok-1" not in shown
        assert not there.secret or there.secret[:5] not in shown
        with shop.scope():
            Robot.objects.filter(pk=robot.pk).update(next_attempt_at=None)


def test_twenty_a_minute_and_what_comes_meanwhile_is_one_message(shop, chat, work):
    terms_of(shop, gathering="at_once", language="en")
    there = chat("wecom")
    robot = robot_of(shop, "wecom", there)
    for _ in range(25):
        shop.refund()
        work()
    assert len(there.received) == 20
    with shop.scope():
        assert NoticeCopy.objects.filter(status="waiting").count() == 5
        due = Robot.objects.timed().get()
    assert timedelta(seconds=30) < due.next_attempt_at - due.database_now <= timedelta(seconds=65)
    wait(minutes=2)
    work()  # the row is due, the window isn't over: the robot counts what it has sent itself
    assert len(there.received) == 20
    _an_hour_ago(shop, robot)
    work()
    assert len(there.received) == 21
    assert "5 notices" in there.text()
    assert there.text().count("Refund requested") == 5


def _an_hour_ago(shop, robot: Robot) -> None:
    with shop.scope():
        row = Robot.objects.timed().get(pk=robot.pk)
        row.sent_at = [each - timedelta(hours=1) for each in row.sent_at]
        row.next_attempt_at = row.database_now
        row.save(update_fields=["sent_at", "next_attempt_at"])


def test_what_fails_is_told_again_later_and_for_a_day_at_most(shop, chat, work, clock):
    terms_of(shop, gathering="at_once", language="en")
    there = chat("feishu")
    robot = robot_of(shop, "feishu", there)
    there.answers += [answer(503), said(code=11232, msg="frequency limited")]
    shop.refund()
    work()
    assert len(there.received) == 1
    shop.refund()
    work()
    assert len(there.received) == 1  # the pause holds, whatever happens meanwhile
    wait(seconds=31)
    work()
    assert (len(there.received), shop.reload(robot).failures) == (2, 1)  # too many a minute is nobody's failure
    shop.refund()
    wait(seconds=61)
    work()
    assert len(there.received) == 2  # the chat's minute is full, whatever was counted and whatever is new
    _an_hour_ago(shop, robot)
    work()
    assert (len(there.received), shop.reload(robot).failures) == (3, 0)
    assert "3 notices" in there.text()
    there.answers += [answer(503)] * 3
    shop.refund()
    work()
    clock.move(hours=25)
    work()
    assert shop.reload(robot).paused_for == ""  # what is too old was given up before it was called
    shop.refund(now=NOON + timedelta(hours=25))
    wait(hours=1)
    work()
    assert shop.reload(robot).paused_for == "dead"
    with shop.scope():
        assert [*NoticeCopy.objects.order_by("pk").values_list("status", "error")] == [
            *[("sent", "")] * 3,
            ("failed", "too_old"),
            ("waiting", "busy"),
        ]
        assert Event.objects.get(name="robot.paused").data["reason"] == "dead"


def test_a_worker_that_is_killed_anywhere_tells_each_notice_once_or_twice(shop, chat):
    """No chat says what it has: killed after the call and before it is on record, the same is sent again."""
    terms_of(shop, gathering="at_once", language="en")
    there = chat("wecom")
    robot = robot_of(shop, "wecom", there)
    twice = 0
    for step in count(1):
        shop.refund()
        make_notices()
        before = len(there.received)
        with suppress(OperationalError, InterfaceError), crash_at(step) as steps:
            call_robots()
        connection.close()
        wait(minutes=10)
        _an_hour_ago(shop, robot)
        while call_robots():
            pass
        told = [received.body for received in there.received[before:]]
        with shop.scope():
            assert {*NoticeCopy.objects.values_list("status", flat=True)} == {"sent"}
        assert len(told) in (1, 2)
        assert len(set(told)) == 1, "the same message"
        twice += len(told) == 2
        if not steps.crashed:
            break
    assert (step > 10, twice > 0, shop.reload(robot).failures) == (True, True, 0)


def test_whoever_lost_the_robot_writes_nothing(shop, chat):
    """A worker whose lease is over finds another one's mark: what it heard is the other one's to hear."""
    there = chat("wecom")
    robot = robot_of(shop, "wecom", there)
    with shop.scope():
        send_test_message(store_id=shop.store.pk, robot_id=robot.pk, **BY)

    def lose(received, connection):
        with system_scope():
            Robot.objects.update(leased_by="01a21eef-29f1-73d2-9b6f-3507edd1613a")
        connection.sendall(said(errcode=0, errmsg="ok"))

    there.behave = lose
    assert call_robots() == 1
    with shop.scope():
        assert NoticeCopy.objects.get().status == "waiting"


def test_an_address_is_looked_at_as_those_of_webhooks_and_kept_secret(shop, chat, settings):
    there = chat("dingtalk")
    robot = robot_of(shop, "dingtalk", there)
    with shop.scope():
        for change, field in (
            ({"url": "https://10.0.0.1/robot/send"}, "url"),
            ({"url": "https://open.feishu.cn/x#y"}, "url"),
            ({"url": "https://open.feishu.cn/x"}, "url"),
            ({"url": "http://[::ffff:127.0.0.1]/"}, "url"),
            ({"url": there.url + "x" * 400}, "url"),
            ({"kinds": ["assigned"]}, "kinds"),
        ):
            with pytest.raises(Invalid) as refused:
                change_robot(store_id=shop.store.pk, robot_id=robot.pk, changes=change, **BY)
            assert refused.value.attr == field
    with pytest.raises(Invalid, match="check no secret"):
        robot_of(shop, "wecom", there)
    with pytest.raises(Invalid, match="Choose the chat"):
        robot_of(shop, "irc", there)
    with shop.scope():
        assert Robot.objects.count() == 1
        assert "SEC" not in str(Robot.objects.values()) + str(list(Event.objects.values("data")))
        pause_robot(store_id=shop.store.pk, robot_id=robot.pk, **BY)
        change_robot(store_id=shop.store.pk, robot_id=robot.pk, changes={"url": there.url, "name": "b"}, **BY)
        assert Robot.objects.get().status == "paused"  # by hand: a change wakes it up no more than that
        resume_robot(store_id=shop.store.pk, robot_id=robot.pk, **BY)
        send_test_message(store_id=shop.store.pk, robot_id=robot.pk, **BY)
    settings.WEBHOOKS_ALLOW_LOOPBACK = False  # as if the name had been turned to the inside
    call_robots()
    assert there.received == []
    assert shop.reload(robot).failures == 1
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    with shop.scope():
        send_test_message(store_id=shop.store.pk, robot_id=robot.pk, **BY)
    call_robots()
    assert len(there.received) == 1  # a test is called in the pause, too, and the secret is still there
    with shop.scope():
        delete_robot(store_id=shop.store.pk, robot_id=robot.pk, **BY)
        assert Robot.objects.get().sealed == ""
