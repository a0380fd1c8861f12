"""The interruption and the buyer's answer in a real browser (K1, K3, K6)."""

import pytest
from django.core.cache import cache

from common import clock
from offers.buyer.links import link_for
from orders.saving import urge_order
from stores.actions import update_store
from tests.browser import DESKTOP, PHONE, in_browser, sign_in, watch, width_of
from tests.world import BUYER, MERCHANT, NOON, make_shop, make_user

pytestmark = in_browser
FOCUS = "document.activeElement.id || document.activeElement.className"


@pytest.fixture
def kuaishou():
    """A Kuaishou store that three urged orders interrupt."""
    cache.clear()
    shop = make_shop("kuaishou")
    make_user("agent", shop=shop, role="owner")
    with shop.scope():
        update_store(store=shop.store, urge_alert_at=3, actor=MERCHANT, now=NOON)
    return shop


def urge(shop):
    order = shop.order(shipped=False, now=clock.now())
    with shop.scope():
        return urge_order(store=shop.store, number=order.number, actor=BUYER, now=clock.now())


@pytest.mark.rule("K6")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_interruption_blocks_until_the_orders_are_shipped(browser, live_server, kuaishou, viewport):
    page = browser.new_page(viewport=viewport, locale="en-GB")
    wrong = sign_in(page, live_server.url)
    assert page.locator("#urge-alert").count() == 0
    orders = [urge(kuaishou) for _ in range(3)]
    page.goto(f"{live_server.url}/admin/")

    dialog = page.get_by_role("alertdialog", name="Urged orders that wait: 3")
    dialog.wait_for()
    assert width_of(page) <= viewport["width"]
    assert page.evaluate(FOCUS) == "to-urged"
    for _ in range(3):  # a second Escape closes a dialog that only refuses the first
        page.keyboard.press("Escape")
    assert dialog.is_visible()
    seen = set()
    for key in ["Tab"] * 5 + ["Shift+Tab"] * 5:
        page.keyboard.press(key)
        seen.add(page.evaluate(FOCUS))
    assert seen == {"to-urged", "to-delay", "to-refunds", "to-number-1", "wl-interruption-out"}
    page.mouse.click(5, viewport["height"] / 2)
    assert dialog.is_visible()
    assert page.evaluate("document.querySelector('#urge-alert').matches(':modal')")

    page.click("#to-delay")
    page.wait_for_url("**/admin/orders/order/?queue=urged#delay")
    assert page.locator("[name=order]:checked").count() == 3
    page.click("#orders-bulk button:not([formaction])")
    page.wait_for_selector("[name=expected_at]")
    page.goto(f"{live_server.url}/admin/")
    page.click("#to-urged")
    page.wait_for_url("**/admin/orders/order/?queue=urged")
    assert page.locator("#urge-alert").count() == 0
    assert page.locator("#result_list tbody tr").count() == 3
    page.goto(f"{live_server.url}/admin/orders/order/{orders[0].pk}/change/")
    assert page.locator("#urge-alert").count() == 0
    page.fill("[name=carrier]", "SF")
    page.fill("[name=tracking_number]", "SF1")
    with page.expect_navigation():
        page.click("#ship button.primary")
    page.goto(f"{live_server.url}/admin/")
    assert page.locator("#urge-alert").count() == 0
    assert wrong == []


@pytest.mark.rule("K1", "K3")
def test_the_buyer_enters_the_right_address_and_stays(browser, live_server, kuaishou):
    order = kuaishou.order(shipped=False, now=clock.now())
    refund = kuaishou.refund(order, kind="refund_only", reason="wrong_address", now=clock.now())
    phone = browser.new_page(viewport=PHONE, locale="en-GB")
    wrong = watch(phone)
    phone.goto(live_server.url + link_for(refund))
    assert "the address of this order can still be changed" in phone.inner_text(".offer")
    assert phone.input_value("[name=address]") == order.address
    assert width_of(phone) <= PHONE["width"]
    phone.fill("[name=address]", "上海市静安区 1 号")
    phone.click("text=Change the address and keep my order")
    phone.wait_for_selector(".past")
    assert "Stay with the order: Accepted" in phone.inner_text(".past")
    now = kuaishou.reload(order)
    assert (now.address, now.is_priority) == ("上海市静安区 1 号", True)
    assert kuaishou.reload(refund).status == "withdrawn"
    assert wrong == []


@pytest.mark.rule("K1")
@pytest.mark.parametrize(
    ("answer", "sure", "status"),
    [
        ("Keep my order", "Yes, keep it", "withdrawn"),
        ("I still want the refund", "Yes, go on", "awaiting_merchant"),
    ],
)
def test_a_click_only_asks_once_more(browser, live_server, kuaishou, answer, sure, status):
    refund = kuaishou.refund(kuaishou.order(shipped=False, now=clock.now()), kind="refund_only", now=clock.now())
    phone = browser.new_page(viewport=PHONE, locale="en-GB")
    phone.goto(live_server.url + link_for(refund))
    assert phone.locator(".facts li").count() == 4
    phone.click(f"text={answer}")
    assert kuaishou.reload(refund).status == "awaiting_merchant"
    phone.click(f"text={sure}")
    phone.wait_for_selector(".past")
    assert kuaishou.reload(refund).status == status
