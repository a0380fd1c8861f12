"""The returns station in a real browser: a scanner types, a person answers with few keys, a phone with a thumb."""

import os

import pytest

from refunds.models import Evidence, Refund
from tests.api.test_evidence import picture
from tests.browser import DESKTOP, PHONE, in_browser, sign_in, width_of
from tests.workbench.test_station import returned, sent_back
from tests.world import make_shop, make_user

pytestmark = [*in_browser, pytest.mark.rule("P1")]


@pytest.fixture
def shop(transactional_db, broker_tasks):
    """A Pinduoduo store with somebody in its warehouse."""
    shop = make_shop("pinduoduo")
    make_user("agent", shop=shop, role="warehouse")
    return shop


def keep(page, name):
    """A picture for people, where one is asked for."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def scan(page, number, *, end="\n"):
    """As a scanner does: wherever the cursor is, characters and an end of line; then the page has settled."""
    page.evaluate("window.isBefore = true")
    page.keyboard.type(number + end)
    page.wait_for_function("!window.isBefore && document.querySelector('#scan:not([data-settles])')")


def press(page, key):
    """A key that sends an answer; then the page has settled."""
    page.evaluate("window.isBefore = true")
    page.keyboard.press(key)
    page.wait_for_function("!window.isBefore && document.querySelector('#scan:not([data-settles])')")


def answer(page, selector):
    """A button that is pressed; then the page has settled."""
    page.evaluate("window.isBefore = true")
    page.click(selector)
    page.wait_for_function("!window.isBefore && document.querySelector('#scan:not([data-settles])')")


def photographs(page, *contents):
    """A phone's camera gives these files; then all of them are sent."""
    files = [
        {"name": f"IMG_{place}.jpg", "mimeType": "image/jpeg", "buffer": content}
        for place, content in enumerate(contents)
    ]
    chooser = page.locator("#photos input[type=file][multiple]")
    chooser.set_input_files(files)
    page.wait_for_function("!document.querySelector('#photos progress')")


def focused(page) -> str:
    return page.evaluate("document.activeElement.id")


def said(page) -> str:
    return page.locator("main, body").first.inner_text()


def test_a_mixed_pile_by_keys_and_a_camera(shop, browser, live_server):
    known, partial = sent_back(shop, "SF20000001"), sent_back(shop, "SF20000002", quantity=3, amount="177.00")
    damaged, exchange = sent_back(shop, "SF20000003"), sent_back(shop, "SF20000004", kind="exchange")
    first, second = sent_back(shop, "SF20000005"), sent_back(shop, "SF20000005")
    slip, order = sent_back(shop, "SF29999889"), shop.order()
    own_number = shop.reload(order).tracking_number
    sent_out = returned(shop, order, own_number)
    page = browser.new_page(viewport=DESKTOP, locale="en-US")
    wrong = sign_in(page, live_server.url)
    page.click("a[href='/admin/station/']")
    page.wait_for_selector("#scan:not([data-settles])")
    assert focused(page) == "scan-number"
    keep(page, "station-empty")

    scan(page, "sf-2000 0001")
    keep(page, "station-known")
    assert known.order.number in said(page)
    press(page, "Enter")
    assert "The inspection is passed" in said(page)
    assert "You: 1 this hour, 1 today" in said(page)
    assert focused(page) == "scan-number"

    scan(page, "SF20000002")
    page.keyboard.press("-")
    assert page.input_value("[name=received-8000]") == "2"
    keep(page, "station-partial")
    press(page, "Enter")

    scan(page, "SF20000003")
    page.keyboard.press("F2")
    assert focused(page) == "id_failed_note"
    page.keyboard.press("1")
    assert page.input_value("#id_failed_note") == "Damaged"
    keep(page, "station-damaged")
    press(page, "Enter")
    assert "The inspection is failed" in said(page)

    scan(page, "SF29999999")
    assert "Announced by nobody" in said(page)
    keep(page, "station-unknown")
    press(page, "Enter")
    assert "Put aside at" in said(page)
    assert focused(page) == "scan-number"
    assert "Nothing that is known of the parcel" in said(page)
    keep(page, "station-aside")

    scan(page, "SF29999898")  # a slip of its buyer's: 9889 was typed
    press(page, "Enter")
    assert "differs by one slip" in said(page)
    photographs(page, picture("JPEG", (400, 300)), picture("JPEG", (300, 400)), b"no picture")
    assert page.locator("#photos img").count() == 2
    assert "Only pictures" in page.locator("#photos .wl-sending").inner_text()
    keep(page, "station-suggested")
    answer(page, "#suggestions button[name=refund]")
    assert page.locator("#photos img").count() == 2, "they are evidence now"
    photographs(page, picture("JPEG", (320, 240)))
    keep(page, "station-photographed")
    press(page, "Enter")
    assert "The inspection is passed" in said(page)

    scan(page, own_number)
    assert page.locator("[data-oddity=sent_out]").count() == 1
    keep(page, "station-sent-out")
    press(page, "Enter")

    scan(page, "SF20000001")
    assert "Received already" in said(page)
    keep(page, "station-received")
    page.keyboard.press("Enter")  # asks nothing: there is nothing to answer

    scan(page, "SF20000004")
    assert "New goods are owed".lower() in said(page).lower()
    press(page, "Enter")

    scan(page, "SF20000005")
    keep(page, "station-several")
    press(page, "Enter")
    assert "2 refunds under this number" in said(page)
    press(page, "Enter")

    scan(page, "SF20000005")
    assert "Received already" in said(page)
    assert "You: 10 this hour, 10 today" in said(page)
    with shop.scope():
        found = {refund.pk: refund.status for refund in Refund.objects.all()}
        evidence = list(Evidence.objects.values_list("refund", "side"))
    assert evidence == [(slip.pk, "merchant")] * 3
    assert [found[each.pk] for each in (known, partial, damaged, exchange, first, second, slip, sent_out)] == [
        "refunding",
        "refunding",
        "rejected",
        "closed",
        "refunding",
        "refunding",
        "refunding",
        "refunding",
    ]
    assert wrong == []


@pytest.mark.parametrize(("locale", "looks", "size"), [("zh-CN", "light", PHONE), ("zh-CN", "dark", DESKTOP)])
def test_a_thumb_counts_and_answers(shop, browser, live_server, locale, looks, size):
    refund = sent_back(shop, "SF20000006", prices=("10.00", "20.00"), quantity=3, amount="90.00")
    page = browser.new_page(viewport=size, locale=locale, color_scheme=looks)
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/station/")
    keep(page, f"station-empty-{locale}-{looks}")
    page.goto(f"{live_server.url}/admin/station/?number=SF20000006")
    less = page.locator("[data-step='-1']").first
    assert less.bounding_box()["height"] >= 48
    less.click()
    assert page.input_value("[name=received-8000]") == "2"
    keep(page, f"station-counted-{locale}-{looks}")
    assert width_of(page) <= size["width"]
    page.click("#goods-fine")
    page.wait_for_url(f"{live_server.url}/admin/station/")
    keep(page, f"station-done-{locale}-{looks}")
    with shop.scope():
        assert [str(each.amount) for each in Refund.objects.order_by("id")] == ["80.00", "10.00"]
    page.goto(f"{live_server.url}/admin/station/?number=SF20000006")
    keep(page, f"station-received-{locale}-{looks}")
    assert refund.order.number in page.content()
    sent_back(shop, "SF29999889")
    page.goto(f"{live_server.url}/admin/station/?number=SF29999898")
    keep(page, f"station-unknown-{locale}-{looks}")
    answer(page, "#put-aside")
    photographs(page, picture("JPEG", (400, 300)))
    page.wait_for_function("[...document.querySelectorAll('#photos img')].every((image) => image.complete)")
    keep(page, f"station-suggested-{locale}-{looks}")
    assert width_of(page) <= size["width"]
    assert page.locator("#suggestions button[name=refund]").first.bounding_box()["height"] >= 48
    page.goto(f"{live_server.url}/admin/refunds/unclaimedparcel/")
    page.wait_for_selector("#result_list")
    keep(page, f"station-list-{locale}-{looks}")
    assert width_of(page) <= size["width"]
    assert wrong == []


def test_a_scanner_that_ends_with_two_line_feeds_does_not_answer(shop, browser, live_server):
    refund = sent_back(shop, "SF20000007")
    page = browser.new_page(viewport=DESKTOP, locale="en-US")
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/station/?number=SF20000007")
    # What a second line feed does while the page has not settled, whenever that is.
    page.evaluate("document.getElementById('scan').setAttribute('data-settles', '')")
    page.evaluate("document.getElementById('scan').requestSubmit()")
    assert "number=SF20000007" in page.url
    assert shop.reload(refund).status == "returning"
