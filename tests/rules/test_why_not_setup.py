"""Why something can't be done with a store, its people, their data and its robots: each condition alone decides."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings

from common.actors import Actor, ActorKind
from notices.models import Robot
from notices.states import RobotStatus
from notices.why_not import why_not_pause_robot, why_not_resume_robot, why_not_test_robot
from offers.actions import why_not_accept
from offers.bulk import MOST_AT_ONCE, why_not_as_shown, why_not_start
from offers.coupons import why_no_validity
from offers.methods import METHODS
from orders.models import MOST_SMALL_PAYMENTS
from payments.conflicts import why_not_settle
from payments.gateways.base import GatewayOutcome, Notice
from payments.small import why_not_repeat
from payments.states import PaymentStatus
from payments.terms import why_not_set_terms
from privacy.models import BuyerRequest
from privacy.states import RequestKind, RequestStatus
from privacy.why_not import (
    MOST_ORDERS,
    why_not_ask_twice,
    why_not_count,
    why_not_resume_request,
    why_not_take_export,
)
from stores.actions.clocks import (
    MOST_AHEAD,
    why_no_such_advance,
    why_no_test_clock,
    why_not_move_by,
)
from stores.actions.clocks import (
    MOST_AT_ONCE as MOST_TIME,
)
from stores.models import Invitation, Letter, Membership, ReturnAddress, SavedView, User
from stores.people.saved_views import MOST_VIEWS, why_not_change_view, why_not_its_default, why_not_save_view
from stores.people.why_not import (
    why_not_confirm_devices,
    why_not_give_role,
    why_not_join,
    why_not_make_password_link,
    why_not_resume_letter,
    why_not_use_link,
)
from stores.why_not import (
    why_not_open_accounts,
    why_not_remove_second_factor,
    why_not_retire_address,
    why_not_set_up_second_factor,
    why_not_spare,
)
from tests.cases import for_each
from tests.rules.things import a_payment, a_refund, a_store, an_offer, an_order, code_of
from tests.world import MERCHANT, NOON, OPERATOR

GONE = "invalid_transition"
INSTANT, HOUR = timedelta(microseconds=1), timedelta(hours=1)


def by(user: User) -> Actor:
    """This user at the desk."""
    return Actor(ActorKind.MERCHANT, f"user:{user.pk}", user.username)


@for_each(
    ("ahead", "until", "is_possible"),
    [
        (timedelta(0), NOON, False),
        (timedelta(0), NOON + INSTANT, True),
        (timedelta(0), NOON + MOST_TIME, True),
        (timedelta(0), NOON + MOST_TIME + INSTANT, False),
        (MOST_AHEAD - HOUR, NOON + HOUR, True),
        (MOST_AHEAD - HOUR, NOON + HOUR + INSTANT, False),
    ],
)
def test_a_test_clock_goes_on_and_not_too_far(ahead, until, is_possible):
    refused = why_no_such_advance(a_store(is_sandbox=True, clock_ahead=ahead), until, NOON, "to")
    assert (refused is None, getattr(refused, "attr", "to")) == (is_possible, "to")


def test_only_a_sandbox_has_a_clock_and_what_was_cut_off_is_gone_on_with():
    assert why_no_test_clock(a_store(is_sandbox=True)) is None
    assert code_of(why_no_test_clock(a_store())) == "not_a_sandbox"
    found = [code_of(why_not_move_by(a_store(clock_until=until), NOON)) for until in (None, NOON, NOON + INSTANT)]
    assert found == [None, None, "clock_not_there"]


@for_each(
    ("role", "own", "actor", "code"),
    [
        ("owner", None, OPERATOR, None),
        ("owner", "owner", MERCHANT, None),
        ("viewer", "agent", MERCHANT, GONE),
        ("viewer", None, MERCHANT, GONE),
    ],
)
def test_who_manages_a_store_gives_roles_in_it(role, own, actor, code):
    assert code_of(why_not_give_role(role, own, actor)) == code


@for_each(
    ("facts", "inviter", "code"),
    [
        ({}, "owner", None),
        ({}, "agent", GONE),
        ({}, None, GONE),
        ({"invited_by": None}, None, None),
        ({"invited_by": User(is_superuser=True)}, None, None),
        ({"invited_by": User(is_superuser=True, is_active=False)}, "owner", GONE),
        ({"invited_by": User(is_active=False)}, "owner", GONE),
        ({"accepted_at": NOON}, "owner", GONE),
        ({"withdrawn_at": NOON}, "owner", GONE),
        ({"issue": 2}, "owner", GONE),
        ({"ends_at": NOON}, "owner", GONE),
    ],
)
def test_an_invitation_lets_in_while_it_and_who_invited_may(facts, inviter, code):
    invitation = Invitation(
        **{"role": "agent", "issue": 1, "ends_at": NOON + INSTANT, "invited_by": User(username="owner"), **facts}
    )
    assert code_of(why_not_join(invitation, 1, inviter and Membership(role=inviter), NOON)) == code


@for_each(
    ("fields", "own", "stores", "actor", "code"),
    [
        ({}, {1, 2}, {1}, by(User(pk=1)), None),
        ({}, {1}, {1, 2}, by(User(pk=1)), GONE),
        ({}, {1}, set(), by(User(pk=1)), GONE),
        ({"is_superuser": True}, {1}, {1}, by(User(pk=1)), GONE),
        ({"is_active": False}, {1}, {1}, OPERATOR, GONE),
        ({}, set(), {1, 2}, OPERATOR, None),
        ({}, {1}, {1}, by(User(pk=2)), GONE),
    ],
)
def test_a_link_for_a_password_is_made_for_people_of_own_stores(fields, own, stores, actor, code):
    assert code_of(why_not_make_password_link(User(pk=2, **fields), actor, own, stores)) == code


def test_what_a_person_says_of_an_own_account_and_of_what_waits():
    assert why_not_use_link(True) is why_not_confirm_devices(True) is None
    assert {code_of(why_not_use_link(False)), code_of(why_not_confirm_devices(False))} == {GONE}
    assert why_not_open_accounts(OPERATOR) is None
    assert code_of(why_not_open_accounts(MERCHANT)) == GONE
    assert why_not_resume_letter(Letter(needs_attention=True)) is None
    assert code_of(why_not_resume_letter(Letter())) == GONE


def test_a_second_factor_is_set_up_and_removed_by_whose_it_is():
    without, having = User(pk=1), User(pk=1, sealed_totp="x")
    assert (without.has_second_factor, having.has_second_factor) == (False, True)
    assert why_not_set_up_second_factor(without, by(without)) is None
    assert why_not_remove_second_factor(having, by(having)) is None
    assert code_of(why_not_set_up_second_factor(having, by(having))) == GONE
    assert code_of(why_not_remove_second_factor(without, by(without))) == GONE
    assert code_of(why_not_set_up_second_factor(without, by(User(pk=2)))) == GONE
    assert code_of(why_not_remove_second_factor(having, by(User(pk=2)))) == GONE


def test_a_store_keeps_an_owner_who_can_sign_in_and_an_address():
    owner, second, left = (Membership(pk=n, role="owner", user=User(is_active=n < 3)) for n in (1, 2, 3))
    agent = Membership(pk=4, role="agent", user=User())
    assert why_not_spare(owner, [owner, second], stays_owner=False) is None
    assert why_not_spare(owner, [owner], stays_owner=True) is why_not_spare(agent, [owner], stays_owner=False) is None
    for others in ([owner], [owner, left]):
        assert code_of(why_not_spare(owner, others, stays_owner=False)) == "last_owner"
    here, there = ReturnAddress(pk=a_refund().pk), ReturnAddress(pk=a_refund().pk)
    assert why_not_retire_address(here, [here, there]) is None
    assert code_of(why_not_retire_address(here, [here])) == "last_return_address"
    assert code_of(why_not_retire_address(ReturnAddress(retired_at=NOON), [here])) == GONE


def test_a_view_is_changed_by_whose_it_is_or_by_an_owner_where_it_is_shared():
    anna, owner, boss = User(pk=1), User(pk=2), User(pk=3, is_superuser=True)
    owner.role_by_store = {1: "agent"}
    assert why_not_change_view(SavedView(owner_id=1, store_id=1), anna) is None
    assert why_not_change_view(SavedView(owner_id=1, store_id=1, is_shared=True), boss) is None
    assert code_of(why_not_change_view(SavedView(owner_id=1, store_id=1), boss)) == "permission_denied"
    assert why_not_its_default(SavedView(owner_id=1), anna) is None
    assert code_of(why_not_its_default(SavedView(owner_id=1), owner)) == GONE
    assert why_not_save_view(MOST_VIEWS - 1) is None
    assert code_of(why_not_save_view(MOST_VIEWS)) == "too_many"


@for_each(
    ("why_not", "codes"),
    [
        (why_not_pause_robot, [None, GONE]),
        (why_not_resume_robot, [GONE, None]),
        (why_not_test_robot, [None, "robot_paused"]),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_what_a_robots_state_allows(why_not, codes):
    assert [code_of(why_not(Robot(status=each))) for each in (RobotStatus.ACTIVE, RobotStatus.PAUSED)] == codes


@for_each(
    ("fields", "code"),
    [
        ({"status": RequestStatus.UNDER_WAY}, "export_under_way"),
        ({"status": RequestStatus.FAILED}, "export_failed"),
        ({"kind": RequestKind.ERASURE}, "export_gone"),
        ({"done_at": NOON - settings.KEPT_FOR["KEEP_EXPORTS_DAYS"]}, "export_gone"),
        ({}, None),
    ],
)
def test_an_export_is_taken_while_it_is_there(fields, code):
    given = {"kind": RequestKind.EXPORT, "status": RequestStatus.DONE, "done_at": NOON, **fields}
    assert code_of(why_not_take_export(BuyerRequest(**given), NOON)) == code


def test_whose_data_is_asked_for_is_one_buyers_and_once():
    assert why_not_count(MOST_ORDERS) is why_not_ask_twice(None) is None
    assert code_of(why_not_count(MOST_ORDERS + 1)) == "too_many"
    assert code_of(why_not_ask_twice(BuyerRequest())) == "request_under_way"
    assert why_not_resume_request(BuyerRequest(status=RequestStatus.FAILED)) is None
    assert code_of(why_not_resume_request(BuyerRequest(status=RequestStatus.UNDER_WAY))) == GONE


def test_offers_are_sent_in_bulk_as_they_were_shown():
    refund = a_refund()
    shown = SimpleNamespace(method=METHODS["gift"], refund=refund, print="a")
    assert why_not_as_shown(shown, None) is why_not_as_shown(shown, {refund.pk: "a"}) is None
    assert code_of(why_not_as_shown(shown, {refund.pk: "b"})) == "recommended_meanwhile"
    assert why_not_as_shown(SimpleNamespace(method=None, refund=refund, print="a"), {}) is None
    assert why_not_start(MOST_AT_ONCE) is None
    assert code_of(why_not_start(MOST_AT_ONCE + 1)) == "too_many"


def test_a_coupon_ends_after_it_begins_and_only_operators_set_limits():
    assert why_no_validity(NOON, NOON + INSTANT) is None
    assert why_no_validity(NOON, NOON).attr == "valid_until"
    assert why_not_set_terms(OPERATOR) is None
    assert code_of(why_not_set_terms(MERCHANT)) == GONE
    order = an_order(small_payments=1)
    assert why_not_repeat(order, None) is why_not_repeat(order, 1) is None
    assert {code_of(why_not_repeat(order, used)) for used in (0, 2)} == {GONE}


@pytest.mark.rule("K1")
def test_a_proposal_to_stay_is_gone_with_the_goods_unless_it_was_answered():
    stay = METHODS["stay"]
    for order, code in (
        (an_order(status="unshipped"), None),
        (an_order(carrier="SF", tracking_number="SF1"), "order_already_shipped"),
    ):
        assert code_of(stay.why_gone(an_offer(a_refund(order, kind="refund_only"), "stay"))) == code
    in_parts = an_order(status="unshipped", shipped_pieces=1)
    assert stay.why_gone(an_offer(a_refund(in_parts), "stay")).detail.startswith("A part of these goods")
    answered = an_offer(a_refund(kind="refund_only"), "stay", answered_at=NOON)
    assert stay.why_gone(answered) is None


@pytest.mark.rule("K9")
def test_a_small_payment_that_was_declined_there_needs_no_place_and_one_without_a_place_is_written_off():
    full, free = an_order(small_payments=MOST_SMALL_PAYMENTS), an_order(small_payments=0)
    small = {"purpose": "other", "allowance_date": NOON.date()}
    declined = a_payment(full, PaymentStatus.SUCCEEDED, **small, conflict="declined_there")
    assert why_not_settle(declined, "book") is None
    assert why_not_settle(a_payment(full, **small, conflict="demanded"), "write_off") is None
    assert code_of(why_not_settle(a_payment(free, **small, conflict="demanded"), "write_off")) == GONE


@pytest.mark.rule("T7", "T8")
def test_a_buyer_says_yes_while_the_refund_awaits_and_nothing_is_under_way():
    for fields, code in (
        ({}, None),
        ({"status": "closed"}, GONE),
        ({"decision_sent": "agree_return"}, "decision_under_way"),
    ):
        assert code_of(why_not_accept(an_offer(a_refund(**fields)), NOON)) == code
    assert code_of(why_not_accept(an_offer(a_refund(), status="withdrawn"), NOON)) == "offer_not_pending"


@for_each("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e12"), Decimal("-1e12")])
def test_a_notice_of_no_amount_of_money_is_none(amount):
    with pytest.raises(ValueError, match="no amount"):
        Notice("1", "k", GatewayOutcome.PAID, amount)
    assert Notice("1", "k", GatewayOutcome.PAID).amount is None
    assert Notice("1", "k", GatewayOutcome.PAID, Decimal("99.99")).amount == Decimal("99.99")
