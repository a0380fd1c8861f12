"""A team at one desk in a real browser: in both languages, in light and dark, on a desk and on a phone."""

import os
from datetime import timedelta
from uuid import UUID

import pytest

from common import clock
from refunds.states import RefundStatus
from tests.browser import DESKTOP, PHONE, in_browser, sign_in, width_of
from tests.world import make_shop, make_user

pytestmark = [*in_browser]

LOOKS = [
    ("zh-CN", "light", DESKTOP),
    ("zh-CN", "dark", PHONE),
    ("en-US", "dark", DESKTOP),
    ("en-US", "light", PHONE),
]


@pytest.fixture
def shop(transactional_db, broker_tasks):
    """A store on Tmall with two agents, whose names are those of people."""
    shop = make_shop("tmall")
    for username, name in (("agent", "王芳"), ("second", "李雷")):
        user = make_user(username, shop=shop, role="agent")
        user.first_name = name
        user.save(update_fields=["first_name"])
    return shop


def keep(page, name):
    """A picture for people, where one is asked for."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("locale", "looks", "size"), LOOKS)
def test_refunds_are_taken_in_the_queue_and_on_their_page(shop, browser, live_server, locale, looks, size):
    refunds = [shop.refund(now=clock.now()) for _ in range(4)]
    page = browser.new_page(viewport=size, locale=locale, color_scheme=looks)
    wrong = sign_in(page, live_server.url)
    queue = f"{live_server.url}/admin/refunds/refund/"
    page.goto(queue)
    for refund in refunds[:2]:
        page.check(f'[name=refund][value="{refund.pk}"]')
    keep(page, f"queue-{locale}-{looks}")
    page.click("#assign-ticked")
    page.wait_for_selector(".wl-whose")
    assert page.locator(".wl-whose").count() == 2
    assert page.locator(".wl-shares b").all_text_contents() == ["2", "2"]
    keep(page, f"queue-taken-{locale}-{looks}")
    assert width_of(page) <= size["width"]
    page.click(".wl-shares a >> nth=1")
    page.wait_for_selector(".wl-shares .is-on")
    assert page.locator("#result_list tbody tr").count() == 2
    page.goto(f"{queue}{refunds[2].pk}/change/")
    page.click("#take")
    page.fill("#id_note_text", "买家在电话里说箱子是湿的，照片明天补。\nA long word: " + "x" * 80)
    page.click("#decide-note")
    page.wait_for_selector(".wl-notes li")
    assert "王芳" in page.text_content("#team header")
    assert width_of(page) <= size["width"]
    keep(page, f"page-{locale}-{looks}")
    assert wrong == []


@pytest.mark.parametrize(("locale", "unit", "size"), [("zh-CN", "秒", PHONE), ("en-US", "sec", DESKTOP)])
def test_what_can_be_undone_is_in_sight_wherever_the_page_opens(
    shop, browser, live_server, monkeypatch, locale, unit, size
):
    """The page opens at the team's card, far below what stands above everything else on a phone."""
    monkeypatch.setattr("workbench.refunds.undoing.UNDONE_WITHIN", timedelta(minutes=10))
    refund = shop.refund(now=clock.now())
    page = browser.new_page(viewport=size, locale=locale)
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/refunds/refund/{refund.pk}/change/")
    page.click("#take")
    page.wait_for_url("**#team")
    page.wait_for_function("/\\d/.test(document.querySelector('[data-undo-left]').textContent)")
    assert unit in page.text_content("[data-undo-left]")
    box = page.locator("#take-back").bounding_box()
    assert 0 <= box["y"] <= size["height"] - box["height"]
    page.click("#take-back")
    page.wait_for_selector("#take")
    assert wrong == []


@pytest.mark.parametrize(("locale", "looks", "size"), LOOKS[::3])
def test_two_agents_meet_on_one_refund(shop, browser, live_server, locale, looks, size):
    refund, following = (shop.refund(now=clock.now(), kind="refund_only") for _ in range(2))
    queue = f"{live_server.url}/admin/refunds/refund/"
    pages, wrong = [], []
    for username in ("agent", "second"):
        page = browser.new_context(viewport=size, locale=locale, color_scheme=looks).new_page()
        wrong.append(sign_in(page, live_server.url, username))
        page.goto(queue)
        page.click("#result_list tbody th a >> nth=0")
        page.wait_for_selector("#back-to-list")
        pages.append(page)
    first, second = pages
    opened = {refund.pk: refund, following.pk: following}[UUID(second.url.split("/")[-3])]
    second.wait_for_selector("[data-others]:not([hidden])")
    assert "王芳" in second.text_content("[data-others] b")
    second.click("#decide-reject")
    second.fill("[name=reason]", "吊牌剪了")
    first.click("#decide-reject")
    first.fill("[name=reason]", "穿过了")
    first.click("#confirm")
    first.wait_for_url("**/change/?list=*")
    assert str(opened.pk) not in first.url
    second.click("#confirm")
    second.wait_for_selector(".bg-red-100, [class*=error], [role=alert]")
    told = second.text_content("body")
    assert "王芳" in told
    assert shop.reload(opened).rejection_reason == "穿过了"
    keep(second, f"met-{locale}-{looks}")
    first.click("#decide-reject")
    first.fill("[name=reason]", "穿过了")
    first.click("#confirm")
    first.wait_for_url("**/refund/?queue=*")
    keep(first, f"last-{locale}-{looks}")
    assert {shop.reload(each).status for each in (refund, following)} == {RefundStatus.REJECTED}
    assert [width_of(page) <= size["width"] for page in pages] == [True, True]
    assert wrong == [[], []]
