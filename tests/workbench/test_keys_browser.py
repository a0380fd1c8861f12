"""The keyboard in a real browser: what is frequent needs no mouse, and nobody who types sets anything off."""

import os

import pytest

from common import clock
from refunds.models import Refund
from tests.browser import DESKTOP, arrive, arrive_in, in_browser, sign_in
from tests.world import make_shop, make_user

pytestmark = [*in_browser]


@pytest.fixture
def shop(transactional_db, broker_tasks):
    """A store on Tmall with an agent."""
    shop = make_shop("tmall")
    make_user("agent", shop=shop, role="agent")
    return shop


@pytest.fixture
def open_queue(shop, browser, live_server):
    """The queue in a browser, and what went wrong in its pages."""

    def open_in(locale="en-US", looks="light"):
        page = browser.new_page(viewport=DESKTOP, locale=locale, color_scheme=looks)
        wrong = sign_in(page, live_server.url)
        page.goto(f"{live_server.url}/admin/refunds/refund/")
        return page, wrong

    return open_in


def keep(page, name):
    """A picture for people, where one is asked for."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def statuses(shop) -> list[str]:
    with shop.scope():
        return sorted(Refund.objects.for_store(shop.store.pk).values_list("status", flat=True))


def test_a_queue_is_cleared_with_the_keyboard_alone(shop, open_queue):
    for kind in ("refund_only", "return_and_refund", "refund_only"):
        shop.refund(shop.order(), kind=kind, now=clock.now())
    page, wrong = open_queue()
    page.keyboard.press("j")
    page.keyboard.press("o")
    arrive(page, "#decide-approve")
    page.keyboard.press("a")
    arrive(page, "#confirm")
    page.keyboard.press("Control+Enter")
    arrive(page, "#decide-reject")  # the next one of the queue
    page.keyboard.press("r")
    arrive_in(page, "#id_reason")
    page.keyboard.type("a r u n / ? 1: the parcel holds another shirt")
    assert page.input_value("#id_reason").startswith("a r u n / ? 1")
    page.keyboard.press("Control+Enter")
    arrive(page, "#decide-approve")
    page.keyboard.press("a")
    arrive(page, "#confirm")
    page.keyboard.press("Control+Enter")
    arrive(page, ".wl-empty")
    assert "awaiting_merchant" not in statuses(shop)
    assert "rejected" in statuses(shop)
    assert wrong == []


def test_the_cursor_is_in_the_first_field_however_late_the_page_is_drawn(shop, open_queue):
    shop.refund(shop.order(), now=clock.now())
    page, wrong = open_queue()
    page.route("**/alpine*.js", lambda route: (page.wait_for_timeout(500), route.continue_()))
    page.keyboard.press("j")
    page.keyboard.press("o")
    arrive(page, "#decide-reject")
    page.keyboard.press("r")
    arrive_in(page, "#id_reason")
    assert wrong == []


def test_rows_are_gone_through_and_ticked(shop, open_queue):
    for _ in range(3):
        shop.refund(shop.order(), now=clock.now())
    page, wrong = open_queue("zh-CN", "dark")
    focused = "[...document.querySelectorAll('#result_list tbody tr')].indexOf(document.activeElement.closest('tr'))"
    places = []
    for key in ("j", "j", "j", "j", "k", "k"):
        page.keyboard.press(key)
        places.append(page.evaluate(focused))
    assert places == [0, 1, 2, 2, 1, 0]
    page.keyboard.press("x")
    assert page.locator("[name=refund]:checked").count() == 1
    keep(page, "queue-zh")
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert page.input_value(".wl-search input") == "jk"
    assert wrong == []


@pytest.mark.parametrize(("locale", "looks", "offer"), [("zh-CN", "light", "差额退款"), ("en-US", "dark", "Partial")])
def test_the_list_of_keys_is_that_of_the_page(shop, open_queue, locale, looks, offer):
    shop.refund(shop.order(), now=clock.now())
    page, wrong = open_queue(locale, looks)
    page.keyboard.press("?")
    assert page.locator("#keys kbd:visible").all_text_contents()[:4] == ["Esc", "j", "k", "o"]
    keep(page, f"keys-queue-{locale}")
    page.keyboard.press("a")  # nothing happens behind it
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("o")
    arrive(page, "#decide-approve")
    page.click("[data-opens-keys]")
    words = page.locator("#keys [data-own] dd").all_text_contents()
    assert any(offer in each for each in words), words
    keep(page, f"keys-refund-{locale}")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.wait_for_url("**/negotiate/?method=*")
    assert wrong == []


def test_single_keys_may_be_switched_off(shop, open_queue):
    shop.refund(shop.order(), now=clock.now())
    page, wrong = open_queue()
    page.keyboard.press("?")
    page.uncheck("[data-keys-on]")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")
    assert page.locator("#keys[open]").count() == 0
    assert page.evaluate("document.activeElement.closest('tr')") is None
    page.click("[data-opens-keys]")
    page.check("[data-keys-on]")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('tr') !== null")
    assert wrong == []
