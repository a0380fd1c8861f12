"""The warehouse's work in a real browser, on a desk and on a phone (P8, K2, K4)."""

import os
from datetime import timedelta

import pytest

from common import clock
from common.progress import note_progress
from orders.delays.actions import report_delay
from orders.erp import receiving
from orders.erp.receiving import read_files
from orders.erp.running import run_imports
from orders.models import ShipmentImport
from orders.saving import urge_order
from tests.browser import DESKTOP, PHONE, in_browser, sign_in, width_of
from tests.parts import A, B, parcels, two_lines
from tests.world import BUYER, MERCHANT, make_shop, make_user

pytestmark = [*in_browser, pytest.mark.rule("K2", "K4", "P8")]


@pytest.fixture
def shop(transactional_db, broker_tasks):
    """A Pinduoduo store with a warehouse worker."""
    shop = make_shop("pinduoduo")
    make_user("agent", shop=shop, role="warehouse")
    return shop


def waiting(shop, hours_ago):
    return shop.order(shipped=False, quantity=2, now=clock.now() - timedelta(hours=hours_ago) + timedelta(days=1))


def keep(page, name):
    """A picture for people, where one is asked for."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_day_in_the_warehouse(shop, browser, live_server, tmp_path):
    late, soon, later, snowed = (waiting(shop, hours) for hours in (30, 20, 2, 3))
    with shop.scope():
        urge_order(store=shop.store, number=later.number, actor=BUYER, now=clock.now())
    page = browser.new_page(viewport=DESKTOP, locale="zh-CN")
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/orders/order/")
    keep(page, "queue-desktop-zh")
    assert page.locator("#orders-bulk").is_hidden()
    page.check(f"input[name=order][value='{snowed.pk}']")
    page.click("#orders-bulk button:not([formaction])")
    page.fill("[name=reason]", "暴雪封路")
    keep(page, "delay-form")
    page.click("#delay button.primary")
    keep(page, "delay-preview")
    page.click("#confirm")
    page.wait_for_selector("#result_list:has-text('暴雪封路')")

    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/admin/orders/order/")
    keep(page, "queue-phone")
    assert width_of(page) <= PHONE["width"]
    page.goto(f"{live_server.url}/admin/orders/order/ship-next/")
    keep(page, "one-phone")
    assert width_of(page) <= PHONE["width"]
    page.fill("[name=carrier]", "SF")
    page.fill("[name=tracking_number]", "SF1")
    page.press("[name=tracking_number]", "Enter")
    page.wait_for_selector(f"text={soon.number}")
    assert page.evaluate("document.activeElement.name") == "tracking_number"
    assert shop.reload(late).status == "shipped"

    file = tmp_path / "发货.csv"
    file.write_text(f"订单号,快递公司,运单号\n{soon.number},圆通,YT1\n{later.number},圆通,YT2\n")
    page.goto(f"{live_server.url}/admin/orders/shipmentimport/upload/")
    page.set_input_files("[name=file]", file)
    keep(page, "upload-phone")
    page.click("#upload button.primary")
    page.wait_for_selector("#confirm")
    keep(page, "import-phone")
    assert width_of(page) <= PHONE["width"]
    page.click("#confirm")
    page.wait_for_selector("#import-job progress")
    with shop.scope():
        run_imports(ids=[ShipmentImport.objects.get().pk])
    page.wait_for_selector("#import-job:not([data-progress])")
    page.set_viewport_size(DESKTOP)
    keep(page, "import-done")
    assert shop.reload(later).tracking_number == "YT2"
    assert wrong == []


def test_a_file_ships_an_order_in_its_parts(shop, browser, live_server, tmp_path):
    order = two_lines(shop, now=clock.now() - timedelta(hours=2))
    page = browser.new_page(viewport=DESKTOP, locale="zh-CN")
    wrong = sign_in(page, live_server.url)
    file = tmp_path / "分包.csv"
    rows = [f"{order.number},圆通,YT1,{A}*2;{B}*1", f"{order.number},SF,SF2,{B}*1"]
    file.write_text("order_number,carrier,tracking_number,parcel_items\n" + "\n".join(rows))
    page.goto(f"{live_server.url}/admin/orders/shipmentimport/upload/")
    page.set_input_files("[name=file]", file)
    page.click("#upload button.primary")
    page.wait_for_selector("#confirm")
    keep(page, "import-parts")
    assert "为 1 个订单发货" in page.text_content("#confirm")
    assert page.text_content("#parcels") == "2 个包裹"
    page.set_viewport_size(PHONE)
    keep(page, "import-parts-phone")
    assert width_of(page) <= PHONE["width"]
    page.click("#confirm")
    page.wait_for_selector("#import-job progress")
    with shop.scope():
        run_imports(ids=[ShipmentImport.objects.get().pk])
    page.wait_for_selector("#import-job:not([data-progress])")
    assert parcels(shop, order) == {"YT1": ("announced", True, {A: 2, B: 1}), "SF2": ("announced", True, {B: 1})}
    page.goto(f"{live_server.url}/admin/orders/order/{order.pk}/change/")
    assert {number for number in ("YT1", "SF2") if number in page.text_content("body")} == {"YT1", "SF2"}
    keep(page, "order-parts-phone")
    assert width_of(page) <= PHONE["width"]
    assert wrong == []


def test_errors_and_reports_fit_a_phone(shop, browser, live_server, tmp_path):
    order = waiting(shop, 3)
    with shop.scope():
        made = report_delay(
            store=shop.store,
            reason="The carrier's depot is closed",
            order_numbers=[order.number],
            expected_at=clock.now() + timedelta(days=2),
            actor=MERCHANT,
            now=clock.now(),
        )
    page = browser.new_page(viewport=PHONE, locale="en-US")
    wrong = sign_in(page, live_server.url)
    for path in (f"delayreport/{made.pk}/change/", f"delayreport/{made.pk}/lift/", "delayreport/", "shipmentimport/"):
        page.goto(f"{live_server.url}/admin/orders/{path}")
        keep(page, path.replace("/", "-").replace(str(made.pk), "x"))
        assert width_of(page) <= PHONE["width"], path
    file = tmp_path / "a.csv"
    file.write_text(f"order_number,carrier,tracking_number\n{order.number},SF,\n{'N' * 60},SF,1\n")
    page.goto(f"{live_server.url}/admin/orders/shipmentimport/upload/")
    page.set_input_files("[name=file]", file)
    page.click("#upload button.primary")
    page.wait_for_selector("#problems")
    keep(page, "import-errors-phone")
    assert width_of(page) <= PHONE["width"]
    page.set_viewport_size(DESKTOP)
    keep(page, "import-errors")
    page.goto(f"{live_server.url}/admin/orders/order/")
    keep(page, "queue-desktop-en")
    assert wrong == []


def test_the_page_of_a_large_file_follows_it_by_itself(shop, browser, live_server, tmp_path, monkeypatch):
    monkeypatch.setattr(receiving, "AT_ONCE_BYTES", 10)
    orders = [waiting(shop, hours) for hours in (3, 4)]
    file = tmp_path / "发货单 1128.csv"
    rows = "".join(f"{order.number},圆通,YT{place}\n" for place, order in enumerate(orders))
    file.write_text(f"订单号,快递公司,运单号\n{rows}")
    page = browser.new_page(viewport=DESKTOP, locale="zh-CN")
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/orders/shipmentimport/upload/")
    page.set_input_files("[name=file]", file)
    page.click("#upload button.primary")
    page.wait_for_selector("#import-job[data-step=reading]")
    everywhere(page, "file-waiting")
    with shop.scope():
        job = ShipmentImport.objects.get()
        ShipmentImport.objects.update(leased_until=clock.now() + timedelta(days=9), leased_by=job.pk)
    note_progress(job, 34_000, of=100_000, step="reading")
    page.wait_for_selector("text=已读取 34,000 行")
    assert page.eval_on_selector("#import-job progress", "bar => bar.value / bar.max") == 0.34
    everywhere(page, "file-reading")
    note_progress(job, 70_000, of=100_000, step="checking")
    page.wait_for_selector("#import-job[data-step=checking]")
    everywhere(page, "file-checking")
    with shop.scope():
        ShipmentImport.objects.update(leased_until=None)
    assert read_files() == 1
    page.wait_for_selector("#confirm")
    everywhere(page, "file-read")
    page.click("#confirm")
    page.wait_for_selector("#import-job[data-step=shipping]")
    everywhere(page, "file-shipping")
    assert run_imports() == 1
    page.wait_for_selector("#import-job:not([data-progress])")
    everywhere(page, "file-done")
    assert shop.reload(orders[1]).tracking_number == "YT1"

    file.write_text("订单号,快递公司\n1,2\n")
    page.goto(f"{live_server.url}/admin/orders/shipmentimport/upload/")
    page.set_input_files("[name=file]", file)
    page.click("#upload button.primary")
    page.wait_for_selector("#import-job[data-step=reading]")
    assert read_files() == 1
    page.wait_for_selector("text=缺少")
    everywhere(page, "file-unreadable")
    page.goto(f"{live_server.url}/admin/orders/shipmentimport/")
    everywhere(page, "files-list")
    assert wrong == []


def everywhere(page, name):
    """It fits a phone; pictures of both sizes, light and dark, where they are asked for."""
    for size, viewport in (("phone", PHONE), ("desktop", DESKTOP)):
        page.set_viewport_size(viewport)
        assert width_of(page) <= viewport["width"], name
        keep(page, f"{name}-{size}")
        if os.environ.get("SCREENSHOTS"):
            page.evaluate("document.documentElement.classList.toggle('dark')")
            keep(page, f"{name}-{size}-dark")
            page.evaluate("document.documentElement.classList.toggle('dark')")
