"""Of several rules that forbid an offer the one nearest to what was asked answers (offers.eligibility)."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from common.errors import Invalid, NotFound, Refused
from offers.eligibility import why_not_name, why_not_offer, why_not_retain, why_not_try
from offers.methods import METHODS, Terms
from offers.states import CouponChannel, OfferStatus
from offers.terms import prepare_terms
from orders.states import OrderStatus
from refunds.models import Refund
from refunds.states import MarketplaceVerb, RefundKind, RefundStatus
from tests.cases import for_each
from tests.rules.things import a_coupon, a_line, a_refund, a_situation, a_store, an_offer, an_order, code_of
from tests.world import NOON

RETENTION = ["reassurance", "coupon", "exchange", "gift", "partial_refund", "reship", "red_packet"]
NEGOTIATIONS = ["change_to_refund_only", "change_to_return"]


def retained(**fields) -> Refund:
    """A refund of a Tmall store that is retainable, unless `fields` say otherwise."""
    return a_refund(an_order(store=a_store("tmall")), **fields)


def negotiated(**fields) -> Refund:
    """A refund of a Taote store that negotiation is open to."""
    return a_refund(an_order(store=a_store("taote", negotiation_open=True)), **fields)


@pytest.mark.rule("Q1", "Q2")
@for_each(
    ("order", "fields", "known", "code"),
    [
        ({}, {}, {}, None),
        ({"status": OrderStatus.DELIVERED}, {"kind": RefundKind.REFUND_ONLY}, {}, None),
        ({"status": OrderStatus.UNSHIPPED}, {"kind": RefundKind.REFUND_ONLY}, {}, "not_retainable"),
        ({"status": OrderStatus.CANCELLED}, {"kind": RefundKind.REFUND_ONLY}, {}, "not_retainable"),
        ({}, {"kind": RefundKind.EXCHANGE}, {}, "not_retainable"),
        ({"store": a_store("tmall", site="taobao")}, {}, {}, "not_retainable"),
        ({}, {}, {"closed_categories": frozenset({"1"})}, "category_not_open"),
        ({}, {"status": RefundStatus.REJECTED}, {}, "invalid_transition"),
        ({}, {"decision_sent": MarketplaceVerb.AGREE_RETURN}, {}, "decision_under_way"),
        (
            {"store": a_store("tmall", site="")},
            {"status": RefundStatus.REJECTED},
            {"closed_categories": {"1"}},
            "not_retainable",
        ),
    ],
)
def test_what_is_not_retainable_is_told_before_where_the_refund_is(order, fields, known, code):
    refund = a_refund(an_order(**{"store": a_store("tmall"), **order}), **fields)
    assert code_of(why_not_retain(a_situation(refund, **known))) == code


@pytest.mark.rule("Q7", "Q8", "T4", "T10")
def test_whose_turn_it_is_then_what_is_pending_then_how_many_were_made():
    refund = retained()
    pending, declined = an_offer(refund), an_offer(refund, status=OfferStatus.DECLINED)
    stay = an_offer(refund, "stay", OfferStatus.DECLINED)
    late = refund.due_at
    assert code_of(why_not_retain(a_situation(refund, late, earlier=[pending, declined]))) == "invalid_transition"
    assert code_of(why_not_retain(a_situation(refund, late - timedelta(microseconds=1)))) is None
    assert code_of(why_not_retain(a_situation(refund, earlier=[declined, pending]))) == "offer_pending"
    assert code_of(why_not_retain(a_situation(refund, earlier=[declined, declined]))) == "attempts_exhausted"
    assert code_of(why_not_retain(a_situation(refund, earlier=[stay, declined]))) is None
    refund = negotiated()
    assert code_of(why_not_retain(a_situation(refund, earlier=[declined]))) == "attempts_exhausted"


@pytest.mark.rule("Q4")
@for_each("method", [*RETENTION, *NEGOTIATIONS])
def test_an_offer_that_the_marketplace_lacks_is_told_first(method):
    refund = retained(status=RefundStatus.CLOSED) if method in NEGOTIATIONS else negotiated(status=RefundStatus.CLOSED)
    refused = why_not_try(METHODS[method], a_situation(refund))
    assert (code_of(refused), refused.attr) == ("method_not_available", "method")
    assert refused.detail.endswith("has no such offer.")


@pytest.mark.rule("Q4")
@for_each("method", RETENTION)
def test_a_method_that_is_off_is_told_after_the_refund_and_before_itself(method):
    refund = retained()
    used = an_offer(refund, "reassurance", OfferStatus.DECLINED)
    off = a_situation(refund, available=frozenset(), earlier=[used], has_coupons=False)
    assert why_not_try(METHODS[method], off).detail == "This method is switched off, or not available yet."
    refund = retained(status=RefundStatus.REFUNDED)
    assert code_of(why_not_try(METHODS[method], a_situation(refund, available=frozenset()))) == "invalid_transition"


def test_a_marketplace_without_offers_says_so_whatever_is_named():
    refund = a_refund(an_order(store=a_store("wechat_shop")))
    assert why_not_try(METHODS["gift"], a_situation(refund)).detail.endswith("has no offers for refunds.")


@for_each(
    ("code", "fields", "found"),
    [
        ("reassurance", {}, None),
        ("sorcery", {}, "method_not_available"),
        ("change_to_return", {}, "method_not_available"),
        ("sorcery", {"status": RefundStatus.CLOSED}, "invalid_transition"),
        ("coupon", {}, "method_not_available"),
    ],
)
def test_who_names_a_method_hears_of_the_refund_then_of_the_method(code, fields, found):
    assert code_of(why_not_name(code, a_situation(retained(**fields), has_coupons=False))) == found


@pytest.mark.rule("Q9")
def test_reassurance_once_also_as_the_second_offer():
    refund = retained()
    other, same = (an_offer(refund, method, OfferStatus.DECLINED) for method in ("gift", "reassurance"))
    assert why_not_offer(METHODS["reassurance"], a_situation(refund, earlier=[other])) is None
    assert why_not_try(METHODS["gift"], a_situation(refund, earlier=[other])) is None
    assert (
        code_of(why_not_offer(METHODS["reassurance"], a_situation(refund, earlier=[same]))) == "method_not_repeatable"
    )


@pytest.mark.rule("T1", "T5", "T6")
@for_each(
    ("method", "kind", "order", "code"),
    [
        ("change_to_refund_only", RefundKind.RETURN_AND_REFUND, {}, None),
        ("change_to_refund_only", RefundKind.REFUND_ONLY, {}, "method_not_available"),
        ("change_to_return", RefundKind.REFUND_ONLY, {}, None),
        ("change_to_return", RefundKind.RETURN_AND_REFUND, {}, "method_not_available"),
        ("change_to_return", RefundKind.REFUND_ONLY, {"status": OrderStatus.UNSHIPPED}, "method_not_available"),
        (
            "change_to_refund_only",
            RefundKind.RETURN_AND_REFUND,
            {"store": a_store("taote", negotiation_open=False)},
            "method_not_available",
        ),
    ],
)
def test_each_change_needs_its_own_kind_of_request(method, kind, order, code):
    order = an_order(**{"store": a_store("taote", negotiation_open=True), **order})
    assert code_of(why_not_offer(METHODS[method], a_situation(a_refund(order, kind=kind)))) == code


@pytest.mark.rule("T1")
@for_each("category", ["50050359", "50025680", "201379903"])
def test_fresh_food_is_not_negotiated_about(category):
    order = an_order(a_line(), a_line(category=category), store=a_store("taote", negotiation_open=True))
    assert code_of(why_not_offer(METHODS["change_to_refund_only"], a_situation(a_refund(order)))) == "category_not_open"


@pytest.mark.rule("Q13")
def test_without_a_coupon_the_method_is_no_option_but_may_be_tried():
    situation = a_situation(retained(), has_coupons=False)
    assert code_of(why_not_offer(METHODS["coupon"], situation)) == "method_not_available"
    assert why_not_try(METHODS["coupon"], situation) is None


@pytest.mark.rule("Q12", "T5")
@for_each(
    ("method", "amount", "found"),
    [
        ("partial_refund", None, ("amount", "required")),
        ("partial_refund", "0.00", ("amount", "min_value")),
        ("partial_refund", "59.00", None),
        ("partial_refund", "59.01", ("amount", "amount_above_refundable")),
        ("red_packet", "0.00", ("amount", "min_value")),
        ("red_packet", "59.01", ("amount", "payment_above_limit")),
        ("change_to_refund_only", None, ("amount", "required")),
        ("change_to_refund_only", "59.01", ("amount", "amount_above_refundable")),
        ("change_to_return", None, ("return_address", "required")),
    ],
)
def test_an_amounts_own_bounds(method, amount, found):
    refund = negotiated() if method in NEGOTIATIONS else retained()
    refund.amount = Decimal("0.00")  # nothing of its own is held, so the whole order is left
    terms = Terms(amount=amount and Decimal(amount), agreed_with_buyer=True)
    if found is None:
        METHODS[method].check(a_situation(refund), terms)
        return
    with pytest.raises((Refused, Invalid)) as raised:
        METHODS[method].check(a_situation(refund), terms)
    assert (raised.value.attr, raised.value.code) == found


@pytest.mark.rule("Q9", "Q12", "Q13", "Q15")
@for_each("method", RETENTION)
def test_a_method_with_nothing_filled_in_names_the_field(method):
    missing = {"reassurance": "message", "coupon": "coupons", "partial_refund": "amount", "red_packet": "amount"}
    with pytest.raises(Invalid) as raised:
        METHODS[method].check(a_situation(retained()), Terms())
    assert (raised.value.attr, raised.value.code) == (missing.get(method, "item_id"), "required")


@pytest.fixture
def asked(tmall):
    """A refund of a store without any coupon, and a way to ask for an offer."""
    refund = tmall.refund(reason="minor_flaw")

    def ask(**terms):
        with tmall.scope():
            found = Refund.objects.select_related("order", "store").get(pk=refund.pk)
            with pytest.raises((Refused, Invalid, NotFound)) as raised:
                prepare_terms(found, now=NOON, **terms)
        return raised.value

    return SimpleNamespace(ask=ask, shop=tmall)


@pytest.mark.rule("Q5", "Q13", "Q15")
def test_what_was_named_answers_before_what_the_store_lacks(asked):
    wrong = a_coupon(channel=CouponChannel.REFUND_RETENTION)
    wrong.store = asked.shop.store
    with asked.shop.scope():
        wrong.save(force_insert=True)
    refused = asked.ask(method="coupon", coupon_ids=[wrong.pk])
    assert (refused.code, refused.attr) == ("coupon_channel_not_recognised", "coupons")
    assert asked.ask(method="coupon").code == "method_not_available"
    assert asked.ask(method="coupon", coupon_ids=[a_coupon().pk]).attr == "coupons"
    assert asked.ask(method="gift", item_id="404", message="字" * 51).attr == "message"
    assert asked.ask(method="gift", item_id="404").code == "product_not_in_warehouse"
    assert asked.ask(method="gift").code == "required"
    assert asked.ask(method="partial_refund", item_id="404").code == "product_not_in_warehouse"
    assert asked.ask(method="reassurance").attr == "message"
    assert asked.ask(method="sorcery").code == "invalid_choice"
