"""Which coupons may be promised and granted, and in which order the buyer sees them (Q13, Q14, K7)."""

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from offers.coupons import why_not_grant, why_not_promise
from offers.models import Coupon
from offers.states import CouponChannel
from tests.cases import for_each
from tests.rules.things import a_coupon, code_of
from tests.world import NOON

INSTANT = timedelta(microseconds=1)
# A coupon's instants and numbers around their bounds, and whether it is available then.
BOUNDS = [
    ({"valid_from": NOON}, True),
    ({"valid_from": NOON + INSTANT}, False),
    ({"valid_until": NOON + INSTANT}, True),
    ({"valid_until": NOON}, False),
    ({"quantity": 3, "granted": 2}, True),
    ({"quantity": 3, "granted": 3}, False),
    ({"quantity": 3, "granted": 1, "reserved": 1}, True),
    ({"quantity": 3, "granted": 1, "reserved": 2}, False),
]


@pytest.mark.rule("Q13")
@for_each(("channel", "code"), [("refund_retention", "coupon_channel_not_recognised"), ("smart_retention", None)])
def test_only_the_platforms_channel_is_promised(channel, code):
    refused = why_not_promise(a_coupon(channel=channel), NOON)
    assert code_of(refused) == code
    if refused:
        assert refused.detail == (
            "“Thanks” is on the channel “Refund retention”. "
            "Create it on the channel “Platform smart recommended retention”."
        )


@pytest.mark.rule("Q13")
def test_the_wrong_channel_is_told_before_anything_else():
    over = a_coupon(channel=CouponChannel.GENERAL, valid_until=NOON, quantity=1, granted=1)
    assert code_of(why_not_promise(over, NOON)) == "coupon_channel_not_recognised"


@pytest.mark.rule("K7")
@for_each(
    ("channel", "was_granted", "code"),
    [
        ("general", False, None),
        ("refund_retention", False, None),
        ("smart_retention", False, "coupon_channel_not_recognised"),
        ("smart_retention", True, "coupon_channel_not_recognised"),
        ("general", True, "coupon_already_granted"),
    ],
)
def test_by_hand_each_coupon_once_per_order_and_never_from_the_platforms_channel(channel, was_granted, code):
    assert code_of(why_not_grant(a_coupon(channel=channel), NOON, was_granted=was_granted)) == code


@pytest.mark.rule("Q13", "K7")
@for_each(("fields", "available"), BOUNDS)
def test_what_is_over_or_used_up_is_neither_promised_nor_granted(fields, available):
    code = None if available else "coupon_not_available"
    assert code_of(why_not_promise(a_coupon(**fields), NOON)) == code
    assert code_of(why_not_grant(a_coupon(channel="general", **fields), NOON, was_granted=False)) == code


@pytest.mark.rule("Q13", "K7")
def test_the_lists_hold_exactly_what_may_be_given(tmall):
    coupons = [
        a_coupon(channel=channel, **fields) for channel, (fields, _available) in product(CouponChannel.values, BOUNDS)
    ]
    for coupon in coupons:
        coupon.store = tmall.store
    with tmall.scope():
        Coupon.objects.bulk_create(coupons)
        usable = set(Coupon.objects.for_store(tmall.store.pk).usable(NOON))
        grantable = set(Coupon.objects.for_store(tmall.store.pk).grantable(NOON))
    assert usable == {coupon for coupon in coupons if why_not_promise(coupon, NOON) is None}
    assert grantable == {coupon for coupon in coupons if why_not_grant(coupon, NOON, was_granted=False) is None}
    assert (len(usable), len(grantable)) == (4, 8)


@pytest.mark.rule("Q14")
def test_larger_discounts_first_then_lower_thresholds_then_sooner_ends(tmall):
    wanted = [
        a_coupon("10.00", min_spend=Decimal("99.00")),
        a_coupon("8.00", min_spend=Decimal(0), valid_until=NOON + timedelta(days=3)),
        a_coupon("8.00", min_spend=Decimal(0), valid_until=NOON + timedelta(days=9)),
        a_coupon("8.00", min_spend=Decimal("0.01"), valid_until=NOON + timedelta(days=2)),
        a_coupon("0.01", min_spend=Decimal(0)),
    ]
    for coupon in wanted:
        coupon.store = tmall.store
    with tmall.scope():
        Coupon.objects.bulk_create(wanted[::-1])
        assert list(Coupon.objects.for_store(tmall.store.pk).as_buyer_sees()) == wanted
