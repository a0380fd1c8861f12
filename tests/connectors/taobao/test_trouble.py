"""Whatever goes wrong with a call has its class of error."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.fakes.base import Mischief
from connectors.port import (
    PlatformFault,
    RefundStage,
    Refusal,
    Secret,
    SetupFault,
    Throttled,
    TokenExpired,
    Unreachable,
    Verb,
    WriteAuthorisationEnded,
    WrongSetup,
)
from connectors.top.asking import top_error
from tests.connectors.taobao.asking import AGREE, LIST, READ, decide, listed, read


@pytest.mark.parametrize(
    ("kind", "how", "error"),
    [
        (Mischief.CLOSED, {}, Unreachable),
        (Mischief.BROKEN, {}, Unreachable),
        (Mischief.FAULT, {}, Unreachable),
        (Mischief.GARBAGE, {}, Unreachable),
        (Mischief.HALF, {}, Unreachable),
        (Mischief.EMPTY, {}, Unreachable),
        (Mischief.THROTTLED, {"seconds": 37}, Throttled),
        (Mischief.BUSY, {}, PlatformFault),
        (Mischief.TOKEN_EXPIRED, {}, TokenExpired),
        (Mischief.REVOKED, {}, WriteAuthorisationEnded),
        (Mischief.NO_PERMISSION, {}, WrongSetup),
    ],
)
@pytest.mark.parametrize("call", [READ, LIST, AGREE])
def test_each_mischief_has_its_error(fake, shop, kind, how, error, call):
    refund = fake.add()
    copy = read(shop, refund)
    fake.misbehave(kind, call, **how)
    ask = {READ: lambda: read(shop, refund), LIST: lambda: listed(shop)}
    with pytest.raises(error) as raised:
        ask.get(call, lambda: decide(shop, copy, Verb.AGREE_REFUND))()
    assert type(raised.value) is error
    if error is Throttled:
        assert raised.value.seconds == 37
    assert "helloworld" not in str(raised.value)
    assert "session-1" not in str(raised.value)


@pytest.mark.parametrize("kind", [Mischief.CLOSED, Mischief.FAULT, Mischief.BROKEN, Mischief.HALF])
def test_a_decision_whose_answer_is_lost_was_done(fake, shop, kind):
    refund = fake.add()
    fake.misbehave(kind, AGREE, done=True)
    with pytest.raises(Unreachable):
        decide(shop, read(shop, refund), Verb.AGREE_REFUND)
    assert read(shop, refund).stage == RefundStage.REFUNDED


def test_a_slow_answer_is_an_answer(fake, shop):
    refund = fake.add()
    fake.misbehave(Mischief.DRIP, READ, seconds=1)
    assert read(shop, refund).id == refund.id


@pytest.mark.parametrize(("minutes", "is_off"), [(-11, True), (11, True), (9, False), (-9, False)])
def test_a_clock_that_is_off_by_more_than_ten_minutes(fake, shop, minutes, is_off):
    refund = fake.add()
    fake.clock_offset = timedelta(minutes=minutes)
    if not is_off:
        assert read(shop, refund).id == refund.id
        return
    with pytest.raises(WrongSetup) as raised:
        read(shop, refund)
    assert raised.value.fault == SetupFault.CLOCK_OFF


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"secrets": {Secret.APP_SECRET: "another"}}, SetupFault.WRONG_SECRET),
        ({"app_key": "another"}, SetupFault.WRONG_KEY),
    ],
)
def test_what_is_wrong_with_the_set_up(fake, shop, changes, fault):
    with pytest.raises(WrongSetup) as raised:
        listed(replace(shop, **changes))
    assert raised.value.fault == fault


@pytest.mark.parametrize(
    ("code", "sub_code", "error"),
    [
        (7, "", Throttled),
        (15, "isp.call-limited", Throttled),
        (15, "isp.system-busy", PlatformFault),
        (15, "", PlatformFault),
        (15, "isv.trade-not-exist", Refusal),
        (12, "isv.permission-ip-whitelist-limit", WrongSetup),
        (13, "", WrongSetup),
        (26, "", TokenExpired),
        (27, "", TokenExpired),
        (40, "isv.missing-parameter", Refusal),
        (41, "", Refusal),
        (53, "isv.w2-security-authorize-invalid", WriteAuthorisationEnded),
        (22, "", Refusal),
        ("what?", "", Refusal),
    ],
)
def test_classes_of_errors(code, sub_code, error):
    assert type(top_error({"code": code, "msg": "m", "sub_code": sub_code})) is error


@pytest.mark.parametrize("path", ["", "/", "/router/rest", "/router/rest/"])
def test_the_address_may_name_the_path(fake, shop, path):
    assert read(replace(shop, base_url=fake.url + path), fake.add()).id
