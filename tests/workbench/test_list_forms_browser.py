"""Every list's own form, sent by a real browser.

Nothing typed changes nothing, and what is typed or chosen is found.
"""

import pytest
from django.contrib import admin
from django.urls import reverse

from offers.models import Coupon
from orders.models import Order
from stores.models import Product
from tests.browser import DESKTOP, in_browser, sign_in, width_of
from tests.tenancy.furnish import make_furnished_shop
from tests.world import make_user
from workbench.kit.base import DeskAdmin

pytestmark = in_browser

FORM, ROWS = "form.wl-toolbar", "#result_list tbody tr"
# Whole paths, so that a page that redirects elsewhere is seen.
LISTS = [
    reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for model, page in admin.site._registry.items()
    if isinstance(page, DeskAdmin)
]


@pytest.fixture
def furnished(db):
    """A store with a row in every table, and those who look at it."""
    shop = make_furnished_shop()
    make_user("agent", shop=shop, role="owner")
    make_user("boss", operator=True)
    return shop


def rows(page) -> int:
    return page.locator(ROWS).count()


def send(page) -> None:
    with page.expect_navigation():
        page.eval_on_selector(FORM, "form => form.requestSubmit()")


def test_the_form_as_it_stands_finds_what_the_list_shows(browser, live_server, furnished):
    chosen: set[tuple[str, str]] = set()
    for name in ("agent", "boss"):
        page = browser.new_page(viewport=DESKTOP, locale="en-GB")
        wrong = sign_in(page, live_server.url, name)
        assert _send_every_form(page, live_server.url, chosen) >= 8
        assert [text for text in wrong if "status of 40" not in text] == []
        page.context.close()


def _send_every_form(page, base: str, chosen: set[tuple[str, str]]) -> int:
    """How many lists have rows. Filters that somebody else has `chosen` need not be tried again."""
    tried = 0
    for path in LISTS:
        answer = page.goto(f"{base}{path}?queue=all")
        if answer.status != 200 or not page.locator(FORM).count() or not rows(page):
            continue
        tried, before = tried + 1, rows(page)
        assert width_of(page) <= DESKTOP["width"], path
        send(page)
        assert "e=1" not in page.url, path
        assert rows(page) == before, path
        for select in page.locator(f"{FORM} select").all():
            field = select.get_attribute("name")
            if (path, field) not in chosen:
                chosen.add((path, field))
                _choose(page, field, before)
    return tried


def _choose(page, name: str, before: int) -> None:
    """A choice of a filter is sent as it is shown and shows no more than the list.

    Taken back, all of it is there again.
    """
    selector = f"{FORM} select[name='{name}']"
    values = page.eval_on_selector(selector, "field => [...field.options].map(option => option.value)")
    for value in [next(value for value in values if value), ""]:
        with page.expect_navigation():
            page.select_option(selector, value)
        assert "e=1" not in page.url, page.url
        assert page.input_value(selector) == value
        assert rows(page) <= before if value else rows(page) == before, page.url


SEARCHED = {
    "refunds/refund/": "number",
    "orders/order/": "number",
    "offers/offer/": "number",
    "payments/payment/": "number",
    "orders/owedparcel/": "number",
    "stores/product/": "item",
    "offers/coupon/": "coupon",
}


def test_what_is_typed_is_found_with_the_filters_left_alone(browser, live_server, furnished, subtests):
    with furnished.scope():
        words = {
            "number": list(Order.objects.in_scope().order_by("id").values_list("number", flat=True)),
            "item": list(Product.objects.in_scope().values_list("item_id", flat=True)),
            "coupon": list(Coupon.objects.in_scope().values_list("name", flat=True)),
        }
    page = browser.new_page(viewport=DESKTOP, locale="en-GB")
    wrong = sign_in(page, live_server.url)
    for path, typed in SEARCHED.items():
        with subtests.test(path):
            page.goto(f"{live_server.url}/admin/{path}?queue=all")
            if not page.locator(f"{FORM} [name=q]").count():
                pytest.fail(f"{path} has no search line")
            shown = page.inner_text("#result_list")
            word = next(word for word in words[typed] if word in shown)
            with page.expect_navigation():
                page.fill("[name=q]", f" {word.lower()} ")
                page.press("[name=q]", "Enter")
            assert rows(page) >= 1
            assert word in page.inner_text("#result_list")
            with page.expect_navigation():
                page.fill("[name=q]", "nothing is called so")
                page.press("[name=q]", "Enter")
            assert rows(page) == 0
            assert wrong == []
