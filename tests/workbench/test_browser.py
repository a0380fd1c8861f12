"""The negotiation by hand, in a real browser: from the queue to the money, and on a phone."""

import re

import pytest
from django.core.cache import cache

from payments.settlement import settle_batch
from tests.browser import DESKTOP, PHONE, in_browser, sign_in, width_of
from tests.world import make_shop, make_user

pytestmark = in_browser


@pytest.fixture
def request_():
    """A shop, its agent, and a return of ¥59 asked for just now, by the real clock."""
    from common import clock

    cache.clear()
    shop = make_shop("taote")
    make_user("agent", shop=shop, role="agent")
    return shop, shop.refund(now=clock.now())


@pytest.mark.rule("T2", "T5", "T11", "Q6")
def test_two_yuan_from_the_queue_to_the_money(browser, live_server, request_):
    shop, refund = request_
    page = browser.new_page(viewport=DESKTOP, locale="en-GB")
    wrong = sign_in(page, live_server.url)
    page.click("text=Awaiting me")
    page.click(f"#result_list >> text={refund.order.number}")
    assert re.match(r"35 h 5\d min", page.inner_text(".wl-case-clock .wl-countdown"))

    page.click("#negotiate")
    page.fill("[name=amount]", "59.01")
    page.check("[name=agreed_with_buyer]")
    page.click("#to-preview")
    assert page.evaluate("document.querySelector('[name=amount]').validity.rangeOverflow")
    page.fill("[name=amount]", "2")
    page.fill("[name=message]", "亲，补偿 2 元")
    page.click("#to-preview")
    page.wait_for_selector("#buyer-sees:has-text('Keep the goods and receive ¥2.00.')")
    page.click("#edit-offer")
    assert page.input_value("[name=message]") == "亲，补偿 2 元"
    page.click("#to-preview")
    page.click("#send-offer")
    page.wait_for_selector("text=That was the last one of this list.")
    page.goto(f"{live_server.url}/admin/refunds/refund/{refund.pk}/change/")
    page.wait_for_selector("#offers")

    offer = shop.merchant.get(f"refunds/{refund.pk}/").json()["offers"][0]
    assert shop.buyer.post(f"offers/{offer['id']}/accept/").status_code == 200
    settle_batch()
    page.reload()

    assert "Refunded" in page.inner_text(".wl-case")
    assert "¥2.00" in page.inner_text("#payments")
    assert wrong == []


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_nothing_overflows_on_a_phone(browser, live_server, request_, language):
    _shop, refund = request_
    page = browser.new_page(viewport=PHONE, locale=language)
    wrong = sign_in(page, live_server.url)
    case = f"refunds/refund/{refund.pk}"
    lists = ["refunds/refund/", "orders/order/?queue=all", "stores/product/", "payments/payment/"]
    for path in ["", *lists, f"{case}/change/", f"{case}/negotiate/", f"{case}/decide/approve/"]:
        page.goto(f"{live_server.url}/admin/{path}")
        width = width_of(page)
        assert width <= 390, f"{path or 'overview'} is {width} pixels wide"
    button = page.locator("#confirm").bounding_box()
    assert button["height"] >= 44
    page.goto(f"{live_server.url}/admin/refunds/refund/?queue=all")
    tab = page.locator(".wl-tabs .is-on").bounding_box()
    assert tab["x"] >= 0, "the last tab of the strip is shown"
    assert tab["x"] + tab["width"] <= 390
    assert wrong == []


def test_ctrl_k_finds_an_order_from_anywhere(browser, live_server, request_):
    _shop, refund = request_
    page = browser.new_page(viewport=DESKTOP, locale="en-GB")
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/offers/offer/")
    page.keyboard.press("Control+k")
    page.keyboard.type(refund.order.number)
    page.wait_for_selector(f"#find a >> text={refund.order.number}")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#find a') !== null")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/admin/orders/order/{refund.order.pk}/change/")
    assert wrong == []
