"""What ends with a day is shown with that day, by the store's clock, and not with the midnight after it."""

import pytest
from django.test import Client

from common.calendar import PLATFORM_ZONE
from common.tenancy import system_scope
from offers.buyer.links import link_for
from tests.cases import for_each
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ZONES = [PLATFORM_ZONE, "America/Los_Angeles", "Pacific/Kiritimati"]
TERMS = {"channel": "smart_retention", "amount_off": "5.00", "min_spend": "50.00", "quantity": "20"}
LAST = "2026-11-30"


def shop_in(zone: str):
    shop = make_shop("tmall")
    with system_scope():
        shop.store.time_zone = zone
        shop.store.save()
    return shop


@pytest.fixture(params=ZONES)
def shop(request):
    """A store in which a coupon was made that is valid through 30 November."""
    shop = shop_in(request.param)
    body = {"name": "满减", **TERMS, "quantity": 20, "valid_from": "2026-11-01", "valid_until": LAST}
    shop.coupon = shop.merchant.post("coupons/", body).json()["id"]
    return shop


def test_the_list_and_the_page_of_coupons_name_its_last_day(shop, sign_in):
    desk = sign_in("owner", shop)
    for path in ("offers/coupon/", f"offers/coupon/{shop.coupon}/change/", "changes/"):
        text = desk.get(path).content.decode()
        assert f"{LAST} 24:00" in text, path
        assert "2026-12-01" not in text


def test_so_does_a_desk_that_shows_stores_of_several_zones(shop, sign_in):
    text = sign_in("operator").get("offers/coupon/").content.decode()
    assert f"2026-11-01 00:00 – {LAST} 24:00" in text


def test_the_offers_form_its_confirmation_and_the_buyers_page_name_its_last_day(shop, sign_in):
    refund, desk = shop.refund(reason="minor_flaw"), sign_in("agent", shop)
    path = f"refunds/refund/{refund.pk}/negotiate/"
    assert f"until {LAST} · 20 left" in desk.get(path, method="coupon").content.decode()
    terms = {"method": "coupon", "message": "亲", "coupons": [shop.coupon]}
    assert f"until {LAST}<" in desk.post(path, step="preview", **terms).content.decode()
    desk.post(path, step="send", **terms)
    link = link_for(refund)
    assert f"until {LAST}<" in Client(headers={"accept-language": "en"}).get(link).content.decode()
    assert f"有效期至 {LAST}<" in Client(headers={"accept-language": "zh-hans"}).get(link).content.decode()


def test_one_that_ends_within_a_day_says_at_what_time(sign_in):
    shop = shop_in(PLATFORM_ZONE)
    body = {
        "name": "满减",
        **TERMS,
        "quantity": 20,
        "valid_from": "2026-11-01",
        "valid_until": "2026-11-30T18:00:00+08:00",
    }
    coupon = shop.merchant.post("coupons/", body).json()["id"]
    assert f"{LAST} 18:00" in sign_in("owner", shop).get(f"offers/coupon/{coupon}/change/").content.decode()
    refund = shop.refund(reason="minor_flaw")
    text = sign_in("agent", shop).get(f"refunds/refund/{refund.pk}/negotiate/", method="coupon").content.decode()
    assert f"until {LAST} 18:00 · 20 left" in text


@for_each("zone", ZONES)
def test_a_key_names_its_last_day(zone, sign_in):
    shop = shop_in(zone)
    desk = sign_in("owner", shop)
    desk.post("stores/apikey/add/", name="ERP", scopes=["orders:read"], expires_on=LAST)
    for path in ("stores/apikey/", "changes/"):
        text = desk.get(path).content.decode()
        assert f"{LAST} 24:00" in text, path
        assert "2026-12-01" not in text


def test_small_payments_are_possible_to_the_end_of_the_last_day(sign_in):
    shop = shop_in(PLATFORM_ZONE)
    order = shop.order()  # paid on 19 November 2026: 365 days later is 19 November 2027
    text = sign_in("finance", shop).get(f"orders/order/{order.pk}/pay/").content.decode()
    assert "2027-11-19 24:00" in text
    assert "2027-11-20" not in text


def test_buyers_read_the_day_to_whose_end_a_delayed_order_ships(sign_in):
    shop = make_shop("kuaishou")
    order = shop.order(shipped=False)
    body = {"reason": "暴雪", "orders": [order.number], "expected_at": LAST}
    assert shop.merchant.post("delay-reports/", body).status_code == 201
    notices = sign_in("agent", shop).get(f"orders/order/{order.pk}/change/").content.decode()
    assert f"will be shipped by {LAST} 24:00: 暴雪" in notices
    assert f"ship by</span> {LAST}" not in notices
    assert "2026-12-01" not in notices


def test_an_offer_that_ends_with_its_coupon_says_so_by_the_last_day():
    shop = shop_in(PLATFORM_ZONE)
    today = "2026-11-20"
    body = {"name": "满减", **TERMS, "quantity": 20, "valid_from": "2026-11-01", "valid_until": today}
    coupon = shop.merchant.post("coupons/", body).json()["id"]
    refund = shop.refund(reason="minor_flaw")
    sent = {"refund": str(refund.pk), "method": "coupon", "coupons": [coupon], "message": "亲"}
    assert shop.merchant.post("offers/", sent).json()["due_at"] == "2026-11-20T16:00:00Z"
    text = Client(headers={"accept-language": "en"}).get(link_for(refund)).content.decode()
    assert f"You can answer until {today} 24:00." in text
