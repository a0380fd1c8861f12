"""An agent clears twenty mixed refunds with the keyboard alone: many together, some by themselves, one slip undone."""

from collections import Counter

import pytest

from common import clock
from refunds.deciding import HELD_FOR, decide_waiting_rows
from refunds.models import Assignment, DecisionRow, Refund
from stores.actions import update_store
from tests.browser import DESKTOP, arrive, arrive_in, in_browser, sign_in
from tests.world import MERCHANT, make_shop, make_user, wait

pytestmark = [*in_browser]


@pytest.fixture
def shop(transactional_db, broker_tasks):
    """A store on Tmall with an agent who approves up to ¥100 at once, and twenty refunds."""
    shop = make_shop("tmall")
    make_user("agent", shop=shop, role="agent")
    now = clock.now()
    with shop.scope():
        update_store(store=shop.store, agent_approval_ceiling=100, actor=MERCHANT, now=now)
    for _ in range(2):  # the newest come first, so these are the last ones
        shop.refund(shop.order(quantity=5, now=now), amount="295.00", now=now)
    for kind in ["refund_only", "return_and_refund", "exchange"] * 6:
        money = {"amount": "0.00"} if kind == "exchange" else {}
        shop.refund(shop.order(now=now), kind=kind, now=now, **money)
    return shop


def counted(shop) -> Counter:
    with shop.scope():
        return Counter(Refund.objects.values_list("status", flat=True))


def tick(page, count: int) -> None:
    """Go down the list and tick so many rows, the first first."""
    for _ in range(count):
        page.keyboard.press("j")
        page.keyboard.press("x")


def send(page, next_selector: str) -> None:
    page.keyboard.press("Control+Enter")
    arrive(page, next_selector)


def work_off(page) -> None:
    """The workers come to it; the page says when it is done, and the key leads back to the queue."""
    wait(seconds=HELD_FOR.total_seconds())
    while decide_waiting_rows():
        pass
    arrive(page, "#bulk-job:not([data-progress])")
    page.keyboard.press("u")
    arrive(page, "#result_list, .wl-empty")


@pytest.mark.rule("T8", "P1")
def test_twenty_mixed_refunds_are_cleared_with_the_keyboard_alone(shop, browser, live_server):
    page = browser.new_page(viewport=DESKTOP, locale="zh-CN")
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/refunds/refund/")

    tick(page, 3)  # a slip: given to oneself, and taken back
    page.focus("#assign-ticked")
    page.keyboard.press("Enter")
    arrive(page, "#take-back")
    page.keyboard.press("z")
    arrive(page, "text=已撤销 3 笔")
    with shop.scope():
        assert not Assignment.objects.exists()

    tick(page, 20)
    page.keyboard.press("a")
    arrive(page, "#left-out")
    assert page.locator("#left-out tbody tr").count() == 2, "what is above the agent's ceiling"
    send(page, "#bulk-job")
    page.keyboard.press("z")  # not these: some are to be rejected
    arrive(page, "#bulk-job:not([data-progress])")
    assert counted(shop) == {"awaiting_merchant": 20}
    page.keyboard.press("u")
    arrive(page, "#result_list")

    tick(page, 9)
    page.keyboard.press("a")
    arrive(page, "#decide-together")
    send(page, "#bulk-job")
    work_off(page)
    assert counted(shop)["awaiting_merchant"] == 11

    tick(page, 6)
    page.keyboard.press("r")
    arrive_in(page, "#id_reason")
    page.keyboard.type("商品已使用 a r x u")
    send(page, "[name=step][value=send]")
    send(page, "#bulk-job")
    work_off(page)
    assert (counted(shop)["awaiting_merchant"], counted(shop)["rejected"]) == (5, 6)

    page.keyboard.press("j")
    page.keyboard.press("o")
    for _ in range(3):
        arrive(page, "#decide-approve")
        page.keyboard.press("a")
        arrive(page, "#confirm")
        send(page, "#decide-reject")
    for last in (False, True):
        page.keyboard.press("r")
        arrive_in(page, "#id_reason")
        page.keyboard.type("请先退回商品")
        send(page, ".wl-empty" if last else "#decide-reject")
    assert counted(shop)["awaiting_merchant"] == 0
    assert counted(shop)["rejected"] == 8
    with shop.scope():
        assert Counter(DecisionRow.objects.values_list("status", flat=True)) == {"stopped": 18, "done": 15}
    assert wrong == []
