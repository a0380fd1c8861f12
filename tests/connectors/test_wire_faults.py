"""Every way in which a platform's answer can go wrong, at the wire: which error it is, and what was done there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.fakes.base import Mischief
from connectors.port import (
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
    RefundStage,
    SetupFault,
    Throttled,
    TokenExpired,
    Unreachable,
    UnreadableCopy,
    VerdictOutcome,
    WrongSetup,
)
from tests.connectors.shops import AGREE, DETAIL, LIST, MADE, tried, with_secret
from tests.world import NOON

pytestmark = pytest.mark.usefixtures("clock")
NO_ANSWER = (Mischief.CLOSED, Mischief.BROKEN, Mischief.FAULT, Mischief.GARBAGE, Mischief.HALF, Mischief.EMPTY)
SAID = {
    Mischief.THROTTLED: Throttled,
    Mischief.BUSY: PlatformFault,
    Mischief.TOKEN_EXPIRED: TokenExpired,
    Mischief.NO_PERMISSION: WrongSetup,
}
SINCE, UNTIL = NOON - timedelta(minutes=20), NOON + timedelta(minutes=1)


@pytest.fixture(params=list(MADE))
def at(request):
    """One of the platforms, with one refund."""
    at = tried(request.param)
    with at.fake:
        at.refund = at.fake.add()
        yield at


@pytest.mark.parametrize("kind", NO_ANSWER)
def test_no_answer_is_unreachable_whatever_is_asked(at, kind):
    copy = at.read(at.refund.id)
    at.fake.misbehave(kind, LIST[at.platform.name])
    at.fake.misbehave(kind, DETAIL[at.platform.name])
    with pytest.raises(Unreachable):
        at.list(SINCE, UNTIL)
    with pytest.raises(Unreachable):
        at.read(at.refund.id)
    at.fake.misbehave(kind, AGREE[at.platform.name])
    with pytest.raises(Unreachable):
        at.decide(copy)
    assert [row.id for row in at.list(SINCE, UNTIL)] == [at.refund.id]


@pytest.mark.parametrize("kind", SAID)
def test_what_the_platform_says_is_told_apart(at, kind):
    copy = at.read(at.refund.id)
    for asked in (LIST, DETAIL, AGREE):
        at.fake.misbehave(kind, asked[at.platform.name])
    for ask in (lambda: at.list(SINCE, UNTIL), lambda: at.read(at.refund.id), lambda: at.decide(copy)):
        with pytest.raises(SAID[kind]) as raised:
            ask()
        assert raised.value.code
        assert raised.value.text
        assert getattr(raised.value, "fault", None) in (None, SetupFault.NO_PERMISSION)
    assert at.read(at.refund.id) == copy, "nothing was done"


def test_a_revoked_authorisation_needs_a_person(at):
    at.fake.misbehave(Mischief.REVOKED)
    # WeChat has no authorisation that could be revoked: its token is fetched anew.
    expected = TokenExpired if at.platform.name == "wechat_shop" else ReauthorisationNeeded
    with pytest.raises(expected):
        at.list(SINCE, UNTIL)


@pytest.mark.parametrize("kind", NO_ANSWER)
def test_a_decision_whose_answer_is_lost_is_found_done_and_never_done_twice(at, kind):
    copy = at.read(at.refund.id)
    at.fake.misbehave(kind, AGREE[at.platform.name], done=True)
    with pytest.raises(Unreachable):
        at.decide(copy)
    assert at.read(at.refund.id).stage == RefundStage.AGREED
    changes = len(at.refund.history)
    verdict = at.decide(copy)
    assert verdict.outcome == VerdictOutcome.MOVED_ON
    assert len(at.refund.history) == changes


def test_a_decision_about_what_has_changed_is_not_sent_through(at, clock):
    copy = at.read(at.refund.id)
    clock.move(seconds=1)
    at.fake.act("withdraw", at.refund.id)
    assert at.decide(copy).outcome == VerdictOutcome.MOVED_ON
    assert at.read(at.refund.id).stage == RefundStage.WITHDRAWN


def test_a_request_for_more_money_is_another_one_although_its_state_is_the_same(at, clock):
    copy = at.read(at.refund.id)
    clock.move(seconds=1)
    more = {"refund_info": {"amount": 9900}} if at.platform.name == "wechat_shop" else {"refund_amount": 9900}
    at.fake.change(at.refund.id, **more)
    assert at.decide(copy).outcome == VerdictOutcome.MOVED_ON
    assert at.read(at.refund.id).stage == RefundStage.ASKED


def test_a_refund_that_moves_under_the_decision_is_not_decided(at):
    """Between our reading and the decision, in the same second: the platform's own check is what is left."""
    copy = at.read(at.refund.id)
    at.fake.misbehave(Mischief.MOVES, AGREE[at.platform.name], act="withdraw", refund=at.refund.id)
    assert at.decide(copy).outcome in (VerdictOutcome.MOVED_ON, VerdictOutcome.REFUSED)
    assert at.read(at.refund.id).stage == RefundStage.WITHDRAWN


def test_a_wrong_secret_a_wrong_key_and_a_closed_white_list_are_told_apart(at):
    def fault(shop) -> SetupFault:
        ask = at.platform.refresh if at.platform.name == "wechat_shop" else None
        with pytest.raises(WrongSetup) as raised:
            ask(shop, now=NOON) if ask else at.list(SINCE, UNTIL, shop)
        return raised.value.fault

    assert fault(with_secret(at.shop, "another")) == SetupFault.WRONG_SECRET
    assert fault(replace(at.shop, app_key="another")) == SetupFault.WRONG_KEY
    at.fake.is_listed = False
    assert fault(at.shop) == SetupFault.ADDRESS_NOT_ALLOWED


@pytest.mark.parametrize("minutes", [11, -11])
def test_a_clock_that_is_off_is_named(at, minutes):
    at.fake.clock_offset = timedelta(minutes=minutes)
    if at.platform.name == "wechat_shop":
        assert at.list(SINCE, UNTIL), "nothing is signed there"
        return
    with pytest.raises(WrongSetup) as raised:
        at.list(SINCE, UNTIL)
    assert raised.value.fault == SetupFault.CLOCK_OFF


def test_no_error_and_no_repr_holds_a_secret(at):
    secrets = [at.shop.access_token, *at.shop.secrets.values()]
    errors = [repr(at.shop)]
    for kind in (*NO_ANSWER, *SAID):
        at.fake.misbehave(kind, LIST[at.platform.name])
        with pytest.raises(PlatformError) as raised:
            at.list(SINCE, UNTIL)
        errors.append(f"{raised.value!r} {raised.value.__cause__!r}")
    assert [each for each in errors if any(secret in each for secret in secrets if secret != "AAAAA")] == []


def test_the_base_may_name_the_gateways_path_already(at):
    path = {"pinduoduo": "/api/router", "wechat_shop": "", "douyin": ""}[at.platform.name]
    shop = replace(at.shop, base_url=f"{at.fake.url}{path}/")
    assert [row.id for row in at.list(SINCE, UNTIL, shop)] == [at.refund.id]


def test_a_line_that_cannot_be_read_holds_up_nothing(at):
    """It stands in the list without an id, and asking for it says so without asking anybody."""
    at.fake.add(**{"pinduoduo": {"id": None}, "wechat_shop": {}, "douyin": {"reason": None}}[at.platform.name])
    found = at.list(SINCE, UNTIL)
    assert len(found) == 2
    before = len(at.fake.requests)
    with pytest.raises(UnreadableCopy):
        at.platform.read(at.shop, refund_id="", order_number="1", now=NOON)
    assert len(at.fake.requests) == before


@pytest.mark.parametrize("wrong", [{"amount": "ten"}, {"amount": -1}, {"amount": None}, {"changed": ""}, {"order": ""}])
def test_a_copy_that_lacks_what_is_needed_is_unreadable(at, wrong):
    names = {
        "pinduoduo": {"amount": "refund_amount", "changed": "updated_time", "order": "order_sn"},
        "wechat_shop": {"amount": "refund_info", "changed": "update_time", "order": "order_id"},
        "douyin": {"amount": "refund_amount", "changed": "update_time", "order": "shop_order_id"},
    }[at.platform.name]
    ((name, value),) = wrong.items()
    at.refund.fields[names[name]] = {"amount": value} if names[name] == "refund_info" else value
    with pytest.raises(UnreadableCopy):
        at.read(at.refund.id)
