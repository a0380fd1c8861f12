"""Coupons at the desk: who makes them, on which channel, and what the list says of each (Q13)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from common.tenancy import system_scope
from offers.coupons import create_coupon
from offers.models import Coupon
from stores.models import Membership
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db
ADD = "offers/coupon/add/"
FORM = {
    "name": "满 50 减 5",
    "channel": "smart_retention",
    "amount_off": "5",
    "min_spend": "50",
    "first_day": "2026-11-20",
    "last_day": "2026-11-30",
    "quantity": "20",
}


@pytest.fixture
def tmall(clock):
    """A Tmall store."""
    return make_shop("tmall")


def coupons():
    with system_scope():
        return list(Coupon.objects.order_by("id"))


def make(shop, name="满 50 减 5", channel="smart_retention", since=-1, days=30, quantity=100):
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name=name,
            channel=channel,
            amount_off=Decimal("5.00"),
            min_spend=Decimal("50.00"),
            valid_from=NOON + timedelta(days=since),
            valid_until=NOON + timedelta(days=days),
            quantity=quantity,
            actor=MERCHANT,
            now=NOON,
        )


@for_each("role", ["viewer", "finance", "warehouse"])
def test_owners_and_agents_make_coupons(tmall, sign_in, role):
    desk = sign_in(role, tmall)
    assert desk.get("offers/coupon/").status_code == 200
    assert "coupon/add/" not in desk.get("offers/coupon/").content.decode()
    assert desk.get(ADD).status_code == 403
    assert desk.post(ADD, **FORM).status_code == 403
    assert coupons() == []
    for allowed in ("agent", "owner"):
        assert sign_in(allowed, tmall).post(ADD, **FORM).status_code == 302
    assert len(coupons()) == 2


def test_the_days_are_whole_days_of_the_store(tmall, sign_in):
    sign_in("agent", tmall).post(ADD, **FORM)
    made = coupons()[0]
    assert (made.store_id, made.amount_off, made.min_spend, made.quantity) == (tmall.store.pk, 5, 50, 20)
    assert made.valid_from.isoformat() == "2026-11-19T16:00:00+00:00"
    assert made.valid_until.isoformat() == "2026-11-30T16:00:00+00:00"


@pytest.mark.rule("Q13")
def test_the_form_leads_to_the_right_channel(tmall, sign_in):
    page = sign_in("agent", tmall).get(ADD)
    assert page.context["form"]["channel"].value() == "smart_retention"
    text = page.content.decode()
    assert "The only channel that retention recognises" in text
    assert text.count("Retention does not recognise it") == 2 or text.count("does not recognise it") == 2
    assert coupons() == []


@pytest.mark.rule("Q13")
def test_the_list_says_which_coupons_retention_recognises(tmall, sign_in):
    make(tmall, "right")
    make(tmall, "wrong", channel="refund_retention")
    make(tmall, "over", since=-9, days=-1)
    make(tmall, "soon", since=1)
    used = make(tmall, "used", quantity=1)
    with tmall.scope():
        Coupon.objects.filter(pk=used.pk).update(granted=1)
    desk = sign_in("viewer", tmall)
    rows = {coupon.name: coupon for coupon in desk.get("offers/coupon/").context["cl"].result_list}
    admin_page = desk.get("offers/coupon/").content.decode()
    assert len(rows) == 5
    assert "is on the channel “Refund retention”. Create it on the channel “Platform smart recommended" in admin_page
    for words in ("“over” is over;", "“used” is used up;", "“soon” isn&#x27;t valid yet;", "1 / 1"):
        assert words in admin_page
    assert admin_page.count('<span class="wl-badge green">yes</span>') == 1
    page = desk.get(f"offers/coupon/{rows['wrong'].pk}/change/").content.decode()
    assert "Make a new coupon on the channel “Platform smart recommended retention”" in page


@for_each(
    ("field", "value"),
    [
        ("amount_off", "0"),
        ("amount_off", "1.234"),
        ("amount_off", "60"),
        ("min_spend", "-1"),
        ("last_day", "2026-11-19"),
        ("last_day", "9999-12-31"),
        ("first_day", "0001-01-01"),
        ("quantity", "0"),
        ("quantity", "99999999999"),
        ("channel", "vip"),
        ("name", ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field(tmall, sign_in, field, value):
    desk = sign_in("agent", tmall)
    answer = desk.post(ADD, **{**FORM, field: value})
    assert answer.status_code == 200
    at = "min_spend" if value == "60" else field
    assert list(answer.context["form"].errors) == [at]
    assert coupons() == []
    assert desk.post(ADD, **FORM).status_code == 302


def test_a_coupon_that_is_over_is_not_made(tmall, sign_in):
    answer = sign_in("agent", tmall).post(ADD, **{**FORM, "first_day": "2026-11-01", "last_day": "2026-11-19"})
    assert list(answer.context["form"].errors) == ["last_day"]


def test_who_works_in_several_stores_chooses_one(tmall, sign_in):
    desk, second, foreign = sign_in("agent", tmall), make_shop("tmall"), make_shop("tmall")
    third = make_shop("tmall")
    with system_scope():
        Membership.objects.create(store=second.store, user=desk.user, role="agent")
        Membership.objects.create(store=third.store, user=desk.user, role="viewer")
    offered = [choice[0] for choice in desk.get(ADD).context["form"].fields["store"].choices]
    assert offered == [tmall.store.pk, second.store.pk]
    assert list(desk.post(ADD, **FORM).context["form"].errors) == ["store"]
    assert list(desk.post(ADD, **FORM, store=foreign.store.pk).context["form"].errors) == ["store"]
    assert desk.post(ADD, **FORM, store=third.store.pk).status_code == 403
    assert desk.post(ADD, **FORM, store=second.store.pk).status_code == 302
    assert [coupon.store_id for coupon in coupons()] == [second.store.pk]


def test_the_operator_picks_a_store_first(tmall, sign_in):
    desk = sign_in("operator")
    assert desk.get(ADD).status_code == 403
    desk.post("switch-store/", store=tmall.store.pk)
    assert desk.post(ADD, **FORM).status_code == 302
    assert [coupon.store_id for coupon in coupons()] == [tmall.store.pk]


def test_foreign_coupons_are_missing_and_nothing_is_edited(tmall, sign_in):
    mine, theirs = make(tmall, "mine"), make(make_shop("tmall"), "theirs")
    desk = sign_in("owner", tmall)
    page = desk.get("offers/coupon/").content.decode()
    assert ("mine" in page, "theirs" in page) == (True, False)
    assert desk.get(f"offers/coupon/{theirs.pk}/change/").status_code == 404
    assert desk.get(f"offers/coupon/{mine.pk}/change/").status_code == 200
    assert desk.post(f"offers/coupon/{mine.pk}/change/", granted="0", quantity="999").status_code == 403
    assert desk.post(f"offers/coupon/{mine.pk}/delete/", post="yes").status_code == 403
    assert tmall.reload(mine).quantity == 100


def test_statements_do_not_grow_with_the_coupons(tmall, sign_in):
    desk = sign_in("owner", tmall)

    def statements():
        return len(desk.statements("offers/coupon/"))

    make(tmall)
    few = statements()
    for _ in range(5):
        make(tmall)
    assert statements() == few


def test_on_a_phone_yes_and_no_have_their_columns_words(tmall, sign_in):
    make(tmall, channel="general")
    page = sign_in("owner", tmall).get("offers/coupon/").content.decode()
    for label in ("Usable in retention", "Can be given by hand"):
        assert f'class="cell-usable" data-label="{label}"' in page
