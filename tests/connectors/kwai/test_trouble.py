"""Whatever goes wrong with a call has its class of error."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.fakes.base import Mischief
from connectors.kwai.asking import kuaishou_error
from connectors.port import (
    NotThere,
    PlatformFault,
    ReauthorisationNeeded,
    RefundStage,
    Refusal,
    Secret,
    SetupFault,
    Throttled,
    TokenExpired,
    Unreachable,
    Verb,
    WindowTooFull,
    WrongSetup,
)
from tests.connectors.kwai.asking import APPROVE, LIST, READ, decide, listed, read


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Mischief.CLOSED, Unreachable),
        (Mischief.BROKEN, Unreachable),
        (Mischief.FAULT, Unreachable),
        (Mischief.GARBAGE, Unreachable),
        (Mischief.HALF, Unreachable),
        (Mischief.EMPTY, Unreachable),
        (Mischief.THROTTLED, Throttled),
        (Mischief.BUSY, PlatformFault),
        (Mischief.TOKEN_EXPIRED, TokenExpired),
        (Mischief.REVOKED, ReauthorisationNeeded),
        (Mischief.NO_PERMISSION, WrongSetup),
    ],
)
@pytest.mark.parametrize("call", [READ, LIST, APPROVE])
def test_each_mischief_has_its_error(fake, shop, kind, error, call):
    refund = fake.add()
    copy = read(shop, refund)
    fake.misbehave(kind, call)
    ask = {READ: lambda: read(shop, refund), LIST: lambda: listed(shop)}
    with pytest.raises(error) as raised:
        ask.get(call, lambda: decide(shop, copy, Verb.AGREE_REFUND))()
    assert type(raised.value) is error
    for secret in ("sign-secret", "app-secret", "access-1"):
        assert secret not in str(raised.value)


@pytest.mark.parametrize("kind", [Mischief.CLOSED, Mischief.FAULT, Mischief.BROKEN, Mischief.HALF])
def test_a_decision_whose_answer_is_lost_was_done(fake, shop, kind):
    refund = fake.add()
    fake.misbehave(kind, APPROVE, done=True)
    with pytest.raises(Unreachable):
        decide(shop, read(shop, refund), Verb.AGREE_REFUND)
    assert read(shop, refund).stage == RefundStage.AGREED


def test_a_slow_answer_is_an_answer(fake, shop):
    refund = fake.add()
    fake.misbehave(Mischief.DRIP, READ, seconds=1)
    assert read(shop, refund).id == refund.id


def test_a_clock_that_is_off(fake, shop):
    fake.clock_offset = timedelta(minutes=11)
    with pytest.raises(WrongSetup) as raised:
        listed(shop)
    assert raised.value.fault == SetupFault.CLOCK_OFF


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"secrets": {Secret.APP_SECRET: "app-secret", Secret.SIGN_SECRET: "app-secret"}}, SetupFault.WRONG_SECRET),
        ({"app_key": "another"}, SetupFault.WRONG_KEY),
    ],
)
def test_what_is_wrong_with_the_set_up(shop, changes, fault):
    with pytest.raises(WrongSetup) as raised:
        listed(replace(shop, **changes))
    assert raised.value.fault == fault


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"result": 21, "error_msg": "order operation reject"}, NotThere),
        ({"result": 300011, "error_msg": "REFUND ORDER NOT FOUND"}, NotThere),
        ({"result": 300012, "error_msg": "REFUND ORDER OPERATION REJECT"}, NotThere),
        ({"result": 300004, "error_msg": "SEARCH TIME RANGE EXPAND 7 DAYS"}, WindowTooFull),
        ({"result": 300019, "error_msg": "SEARCH TIME RANGE EXPAND LIMIT"}, WindowTooFull),
        ({"result": 300005, "error_msg": "CAN NOT SEARCH BEFORE 90 DAYS"}, Refusal),
        ({"result": 24, "error_msg": "AUTHORIZATION_REVOKED"}, ReauthorisationNeeded),
        ({"result": 1017, "error_msg": "[1017] exceed quota limit,[apiId:a;primaryUserId:1]"}, Throttled),
        ({"result": 9, "error_msg": "Exceed quota limit, KEY [appkey:ks1;primaryUserId:2]"}, Throttled),
        ({"result": 100200102, "error": "access_denied", "error_msg": "invalid token"}, TokenExpired),
        (
            {"result": 100200102, "error": "access_denied", "error_msg": "refreshToken.revokedAuthorization"},
            ReauthorisationNeeded,
        ),
        ({"result": 100200500, "error": "server_error", "error_msg": ""}, PlatformFault),
        ({"result": 42, "error_msg": "never heard of"}, Refusal),
        ({"result": 42}, Refusal),
        ({}, Unreachable),
    ],
)
def test_classes_of_errors(answer, error):
    assert type(kuaishou_error(answer)) is error
