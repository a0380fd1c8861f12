"""An order in several parcels in a real browser, on a desk and on a phone."""

import os

import pytest

from common import clock
from tests.api.helpers import ask
from tests.browser import DESKTOP, PHONE, in_browser, sign_in, width_of
from tests.world import make_shop, make_user

pytestmark = [*in_browser]


@pytest.fixture
def shop(transactional_db, broker_tasks):
    """A Pinduoduo store with a warehouse worker."""
    shop = make_shop("pinduoduo")
    make_user("agent", shop=shop, role="owner")
    return shop


def keep(page, name):
    """A picture for people, where one is asked for."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("locale", "looks", "size"), [("zh-CN", "light", DESKTOP), ("en-US", "dark", PHONE)])
def test_a_part_and_the_rest_of_an_order(shop, browser, live_server, locale, looks, size):
    order = shop.order(shipped=False, prices=("10.00", "30.00"), quantity=3, now=clock.now())
    page = browser.new_page(viewport=size, locale=locale, color_scheme=looks)
    wrong = sign_in(page, live_server.url)
    address = f"{live_server.url}/admin/orders/order/{order.pk}/change/"
    page.goto(address)
    keep(page, f"order-{locale}")
    page.click("#ship a")
    page.fill("[name=carrier]", "SF")
    page.fill("[name=tracking_number]", "SF1400000001")
    page.fill("[name=pieces_0]", "2")
    keep(page, f"part-{locale}")
    page.click("#confirm")
    assert page.locator("#parts .wl-payment").count() == 1
    assert width_of(page) <= size["width"]
    refund = ask(shop, order, amount="60.00", reason="changed_mind", lines=[{"item_id": "8001", "quantity": 2}]).json()[
        "id"
    ]
    page.goto(address)
    keep(page, f"partly-{locale}")
    page.goto(f"{live_server.url}/admin/orders/order/?queue=partly")
    assert order.number in page.text_content("#result_list")
    keep(page, f"list-{locale}")
    page.goto(f"{live_server.url}/admin/refunds/refund/{refund}/change/")
    keep(page, f"refund-{locale}")
    page.goto(address)
    page.fill("#ship [name=carrier]", "ZTO")
    page.fill("#ship [name=tracking_number]", "75400000000002")
    page.click("#decide-ship")
    assert page.locator("#parts .wl-payment").count() == 2
    keep(page, f"shipped-{locale}")
    page.goto(f"{live_server.url}/admin/orders/order/{order.pk}/correct/")
    keep(page, f"correct-{locale}")
    assert page.locator("[name=parcel_id] option").count() == 2
    assert width_of(page) <= size["width"]
    assert wrong == []
