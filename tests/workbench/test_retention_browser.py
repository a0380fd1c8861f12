"""Retention by hand in a real browser.

The agent sends, the buyer accepts on a phone, the desk shows what came of it.
"""

import pytest
from django.core.cache import cache

from common import clock
from offers.buyer.links import link_for
from offers.models import Offer
from payments.settlement import settle_batch
from tests.browser import DESKTOP, PHONE, in_browser, sign_in, watch, width_of
from tests.world import make_shop, make_user

pytestmark = in_browser


@pytest.fixture
def refund():
    """A Tmall store's refund for a small flaw, asked just now by the real clock."""
    cache.clear()
    shop = make_shop("tmall")
    make_user("agent", shop=shop, role="agent")
    refund = shop.refund(shop.order(now=clock.now()), reason="minor_flaw", now=clock.now())
    refund.shop = shop
    return refund


@pytest.mark.rule("Q5", "Q6", "Q7", "Q10", "Q12")
def test_a_partial_refund_from_the_panel_to_the_money(browser, live_server, refund):
    page = browser.new_page(viewport=DESKTOP, locale="en-GB")
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/refunds/refund/{refund.pk}/change/")
    assert "Recommended" in page.inner_text("#way-partial_refund")
    page.click("#offer-partial_refund")
    assert page.input_value("[name=amount]") == "5.90"
    page.fill("[name=amount]", "9")
    page.fill("[name=message]", "👨‍👩‍👧‍👦" * 51)
    assert page.inner_text("[data-field=message] .wl-counter") == "51 / 50"
    page.click("#scripts .wl-chip >> nth=0")
    script = page.input_value("[name=message]")
    assert script == "Keep it, and we pay a part of the price back."
    page.click("#to-preview")
    page.wait_for_selector("#buyer-sees:has-text('Keep the goods and receive ¥9.00 back.')")
    assert script in page.inner_text("#buyer-sees")
    page.click("#send-offer")
    page.wait_for_selector("#offers")
    assert "The buyer decides about" in page.inner_text("#retention")
    assert page.locator("#retention .wl-button").count() == 0

    phone = browser.new_page(viewport=PHONE, locale="en-GB")
    wrong_there = watch(phone)
    phone.goto(live_server.url + link_for(refund))
    assert "Keep the goods and receive ¥9.00 back." in phone.inner_text(".offer")
    assert width_of(phone) <= PHONE["width"]
    phone.click("text=Accept")
    with refund.shop.scope():
        assert Offer.objects.get().status == "pending"  # a click only asks once more
    phone.click("text=Yes, accept")
    phone.wait_for_selector(".past")
    assert "Partial refund: Accepted" in phone.inner_text(".past")
    settle_batch()
    page.reload()

    assert "Withdrawn" in page.inner_text(".wl-case")
    assert "¥9.00" in page.inner_text("#payments")
    assert "Paid" in page.inner_text("#payments")
    assert (wrong, wrong_there) == ([], [])


@pytest.mark.rule("Q15")
def test_the_picker_fills_in_the_item_id(browser, live_server, refund):
    page = browser.new_page(viewport=DESKTOP, locale="en-GB")
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/refunds/refund/{refund.pk}/negotiate/?method=gift")
    page.fill(".wl-picker input", "quilt 80")
    page.click(".wl-product")
    assert page.input_value("[name=item_id]") == "8000"
    assert page.get_attribute(".wl-product", "aria-pressed") == "true"
    page.click("#to-preview")
    page.wait_for_selector("#buyer-sees:has-text('Quilt 8000 as a gift')")
    assert wrong == []


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_nothing_overflows_on_a_phone(browser, live_server, refund, language):
    page = browser.new_page(viewport=PHONE, locale=language)
    wrong = sign_in(page, live_server.url)
    refund.shop.buyer.post(f"refunds/{refund.pk}/messages/", {"text": "https://example.com/" + "x" * 200})
    case = f"/admin/refunds/refund/{refund.pk}"
    forms = [f"{case}/negotiate/?method={method}" for method in ("gift", "partial_refund", "reassurance", "red_packet")]
    for path in [f"{case}/change/", *forms, link_for(refund), "/admin/refunds/refund/"]:
        page.goto(live_server.url + path)
        assert width_of(page) <= PHONE["width"], path
    page.goto(f"{live_server.url}{case}/negotiate/?method=reassurance")
    page.fill("[name=message]", "好" * 50)
    page.click("#to-preview")
    page.wait_for_selector("#buyer-sees")
    assert width_of(page) <= PHONE["width"]
    assert wrong == []


@pytest.mark.rule("Q5", "Q6")
def test_what_was_typed_outlives_the_session_and_the_back_button(browser, live_server, refund):
    context = browser.new_context(viewport=DESKTOP, locale="en-GB")
    page = context.new_page()
    wrong = sign_in(page, live_server.url)
    form = f"{live_server.url}/admin/refunds/refund/{refund.pk}/negotiate/?method=partial_refund"
    page.goto(form)
    page.fill("[name=amount]", "7.00")
    page.click("#scripts .wl-chip >> nth=0")
    script = page.input_value("[name=message]")

    def typed():
        page.wait_for_selector(".wl-restored")
        return page.input_value("[name=amount]"), page.input_value("[name=message]")

    page.click("#to-preview")
    page.wait_for_selector("#buyer-sees")
    page.go_back()
    assert typed() == ("7.00", script)

    context.clear_cookies(name="sessionid")
    page.click("#to-preview")
    page.wait_for_selector("#session-ended")
    assert "comes back once you have signed in" in page.inner_text("#session-ended")
    page.fill("[name=username]", "agent")
    page.fill("[name=password]", "correct horse 9")
    page.press("[name=password]", "Enter")
    assert typed() == ("7.00", script)
    assert "look at it before you send it" in page.inner_text(".wl-restored")
    page.goto(form)
    assert page.input_value("[name=amount]") == "5.90", "whoever comes anew begins anew"

    page.fill("[name=amount]", "8.00")
    page.evaluate("document.querySelector('form[action$=\"/logout/\"]').requestSubmit()")
    page.wait_for_url("**/logout/")
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:')).length") == 0
    assert wrong == []
