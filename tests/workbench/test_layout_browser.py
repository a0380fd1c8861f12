"""Pages hold what is long: names, states and many queues, at the width of a small laptop and of a phone."""

import pytest
from django.core.cache import cache

from common import clock
from common.tenancy import system_scope
from offers.models import Coupon
from stores.models import Membership, Store
from tests.browser import PHONE, arrive, in_browser, sign_in, width_of
from tests.world import make_shop, make_user

pytestmark = in_browser

LAPTOP = {"width": 1280, "height": 800}
LONG = "Wolfeschlegelsteinhausenbergerdorff 欧阳娜娜的小号不说话只看看"
# What sticks out at the right of what is on the screen, by its words.
BEYOND = """selector => [...document.querySelectorAll(selector)]
    .filter(node => node.getBoundingClientRect().right > innerWidth).map(node => node.innerText)"""
# Of things that stand beside each other, those that lie on the one before.
ON_EACH_OTHER = """selector => {
    const shown = [...document.querySelectorAll(selector)].filter(node => node.checkVisibility());
    const boxes = shown.map(node => node.getBoundingClientRect()).sort((one, other) => one.left - other.left);
    return boxes.filter((box, place) => place && box.left < boxes[place - 1].right - 1).length;
}"""
# How bright what is drawn behind something is, of 255: as pixels, whatever way the colour is written.
BRIGHTNESS = """node => {
    const brush = document.createElement("canvas").getContext("2d");
    for (const colour of [getComputedStyle(document.body).backgroundColor, getComputedStyle(node).backgroundColor]) {
        brush.fillStyle = colour;
        brush.fillRect(0, 0, 1, 1);
    }
    return Math.max(...brush.getImageData(0, 0, 1, 1).data.slice(0, 3));
}"""

LINES = """cell => {
    const words = document.createRange();
    words.selectNodeContents(cell);
    return words.getClientRects().length;
}"""


@pytest.fixture
def stores():
    """Two stores of one agent with long names, a refund in each, and coupons of one."""
    cache.clear()
    shop, other = make_shop("tmall"), make_shop("pinduoduo")
    for channel, minimum in (("smart_retention", "150.00"), ("general", "0.00")):
        terms = {"name": "安心收货券", "channel": channel, "amount_off": "15.00", "min_spend": minimum, "quantity": 500}
        days = {"valid_from": "2020-01-01", "valid_until": "2099-01-01"}
        assert shop.merchant.post("coupons/", {**terms, **days}).status_code == 201
    user = make_user("agent", shop=shop, role="owner")
    with system_scope():
        Membership.objects.create(store=other.store, user=user, role="owner")
        Store.objects.filter(pk=shop.store.pk).update(name="云栖家居旗舰店（开放平台）")
    for each in (shop, other):
        each.refund(each.order(buyer_name=LONG, now=clock.now()), now=clock.now())
    return shop, other


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_queue_of_several_stores_shows_all_of_each_row(browser, live_server, stores, viewport, locale):
    page = browser.new_page(viewport=viewport, locale=locale)
    wrong = sign_in(page, live_server.url)
    for queue in ("awaiting", "all"):
        page.goto(f"{live_server.url}/admin/refunds/refund/?queue={queue}")
        assert LONG in page.inner_text("#result_list")
        assert page.evaluate(BEYOND, "#result_list :is(td, th), .wl-toolbar > *") == []
        assert width_of(page) == viewport["width"]
    assert wrong == []


def test_all_queues_are_seen_at_once_on_a_laptop(browser, live_server, stores):
    page = browser.new_page(viewport=LAPTOP, locale="en-GB")
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/refunds/refund/?queue=all")
    assert page.locator(".wl-tabs a").count() > 10
    strip = page.locator(".wl-tabs").bounding_box()
    assert [each for each in page.locator(".wl-tabs a").all() if each.bounding_box()["x"] < strip["x"]] == []
    assert page.evaluate(BEYOND, ".wl-tabs a") == []
    beside = [page.locator(each).bounding_box()["y"] for each in (".wl-toolbar .wl-search", ".wl-toolbar .wl-button")]
    assert abs(beside[0] - beside[1]) < 10, "the button stands beside what is typed"


def test_the_header_of_an_operator_on_a_phone_keeps_its_buttons_apart(browser, live_server, stores):
    make_user("boss", operator=True)
    page = browser.new_page(viewport=PHONE, locale="en-GB")
    sign_in(page, live_server.url, "boss")
    page.goto(f"{live_server.url}/admin/stores/store/")
    things = ".wl-menu-button, #operator-badge, #store-switcher, .wl-languages, #header-inner a[href$='/add/']"
    assert page.evaluate(ON_EACH_OTHER, things) == 0
    other = page.locator(".wl-languages button:visible")
    assert [each.get_attribute("value") for each in other.all()] == ["zh-hans"]


def test_no_button_shines_by_night(browser, live_server, stores):
    shop, _ = stores
    refund = shop.refund(now=clock.now())
    page = browser.new_page(viewport=LAPTOP, locale="en-GB", color_scheme="dark")
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/refunds/refund/{refund.pk}/change/")
    arrive(page, ".wl-button.accent")
    for selector in (".wl-button.accent", ".wl-languages .is-on"):
        assert page.locator(selector).first.evaluate(BRIGHTNESS) < 90, selector


def test_coupons_say_what_they_take_off_in_one_line(browser, live_server, stores):
    page = browser.new_page(viewport=LAPTOP, locale="en-GB")
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/offers/coupon/")
    with stores[0].scope():
        assert page.locator("td.cell-discount").count() == Coupon.objects.in_scope().count() == 2
    assert {cell.evaluate(LINES) for cell in page.locator("td.cell-discount").all()} == {1}
    assert width_of(page) == LAPTOP["width"]


def test_the_bar_of_what_is_ticked_is_one_row_and_shows_no_dead_button(browser, live_server, stores):
    page = browser.new_page(viewport=LAPTOP, locale="en-GB")
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/refunds/refund/?queue=awaiting")
    arrive(page, "#bulk")
    shown = "#bulk :is(button, select, output, .wl-bulk-past):visible"
    assert page.locator("#bulk button:disabled:visible").count() == 0
    assert page.inner_text("#bulk output") == "Tick some to see to them together."
    for ticked in (0, 1):
        if ticked:
            page.locator("input[name=refund]").first.check()
            assert page.inner_text("#bulk output") == "1 chosen"
            assert page.locator("#approve-ticked, #reject-ticked, #assign-ticked").count() == 3
            assert page.locator("#bulk button:disabled").count() == 0
        boxes = [each.bounding_box() for each in page.locator(shown).all()]
        middles = [box["y"] + box["height"] / 2 for box in boxes]
        assert max(middles) - min(middles) < 10
    assert wrong == []


@pytest.mark.parametrize(("locale", "words"), [("zh-CN", "未选择文件"), ("en-GB", "No file chosen")])
def test_a_file_is_chosen_in_the_words_of_the_page_and_by_the_keyboard(browser, live_server, stores, locale, words):
    page = browser.new_page(viewport=LAPTOP, locale=locale)
    page.on("filechooser", lambda chooser: None)  # told only when the key is pressed, a busy browser hears it too late
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/orders/shipmentimport/upload/")
    arrive(page, ".wl-file")
    assert words in page.inner_text(".wl-file")
    field = page.locator("input[type=file]")
    assert field.evaluate("input => getComputedStyle(input).opacity") == "0", "the browser's own words aren't seen"
    assert field.evaluate("input => input.labels.length") == 1
    field.focus()
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Enter")
    chosen.value.set_files({"name": "运单.csv", "mimeType": "text/csv", "buffer": b"a,b"})
    assert "运单.csv" in page.inner_text(".wl-file")
    assert words not in page.inner_text(".wl-file")
    assert wrong == []


def test_an_empty_list_says_what_to_do_next(browser, live_server):
    cache.clear()
    make_user("agent", shop=make_shop("tmall"), role="owner")
    page = browser.new_page(viewport=PHONE, locale="en-GB")
    sign_in(page, live_server.url)
    for path, words, leads_to in (
        ("refunds/refund/", "Refunds arrive from the marketplace", "/admin/"),
        ("offers/bulkjob/", "Tick several refunds", "/admin/refunds/refund/"),
        ("offers/coupon/", "Offers can promise them", "/admin/offers/coupon/add/"),
    ):
        page.goto(f"{live_server.url}/admin/{path}")
        assert words in page.inner_text(".wl-empty"), path
        button = page.locator(".wl-empty a.wl-button")
        assert button.get_attribute("href") == leads_to
        assert button.bounding_box()["height"] >= 44


def test_links_of_rules_are_as_high_as_a_thumb_on_a_phone(browser, live_server, stores):
    with system_scope():
        Membership.objects.filter(store=stores[1].store).delete()
    page = browser.new_page(viewport=PHONE, locale="en-GB")
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/automation/storerule/")
    links = page.locator(".wl-usual a").all()
    assert len(links) > 3
    assert min(each.bounding_box()["height"] for each in links) >= 32


def test_an_operator_reads_on_a_phone_which_page_it_is(browser, live_server, stores):
    make_user("boss", operator=True)
    page = browser.new_page(viewport=PHONE, locale="en-GB")
    sign_in(page, live_server.url, "boss")
    for path in ("attention/", "retention/"):
        page.goto(f"{live_server.url}/admin/{path}")
        assert page.locator("#header-inner h1, .wl-where h1").first.bounding_box()["width"] > 50
        assert page.evaluate(ON_EACH_OTHER, ".wl-menu-button, h1, #operator-badge, #store-switcher, .wl-languages") == 0
        assert width_of(page) == PHONE["width"]
