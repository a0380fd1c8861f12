"""Finding from everywhere: orders, refunds, buyers and pages, of one's own stores and for one's own role."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases import for_each
from tests.world import make_shop

pytestmark = pytest.mark.django_db


def found(desk, term: str) -> list[tuple[str, str]]:
    """The hits as (where, title)."""
    groups = desk.get("search/", s=term, part=1).context["groups"]
    return [(each.link, each.title) for group in groups for each in group.found]


def test_it_finds_orders_refunds_buyers_and_pages(taote, clock, sign_in):
    refund, desk = taote.refund(), sign_in("agent", taote)
    number, pk = refund.order.number, refund.order.pk
    titles = dict(found(desk, f" {number.lower()} "))
    assert titles[f"/admin/orders/order/{pk}/change/"] == number
    assert titles[f"/admin/refunds/refund/{refund.pk}/change/"] == number
    assert titles[f"/admin/customers/?store={taote.store.code}&buyer=buyer-1"] == "王小明"
    assert found(desk, "coup") == [("/admin/offers/coupon/", "Coupons")]
    page = desk.get("search/", s=number).content.decode()
    assert f"/admin/orders/order/{pk}/change/" in page
    assert "Nothing found" in desk.get("search/", s="nobody at all").content.decode()


@for_each("term", ["", "x", " x ", "\0\0", "\u200b\u200b"])
def test_too_little_finds_nothing_and_asks_nothing(taote, clock, sign_in, term):
    desk = sign_in("agent", taote)
    assert found(desk, term) == []
    assert "Type at least two characters." in desk.get("search/", s=term).content.decode()


def test_what_is_foreign_or_not_ones_own_is_not_found(taote, clock, sign_in):
    refund, other = taote.refund(), make_shop("taote")
    assert found(sign_in("owner", other), refund.order.number) == []
    assert found(sign_in("agent", taote), "Members") == []
    assert found(sign_in("owner", taote), "Members") == [("/admin/stores/membership/", "Members")]
    assert found(sign_in(None), refund.order.number) == []


def test_statements_do_not_grow_with_what_is_found(taote, clock, sign_in):
    desk = sign_in("agent", taote)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert found(desk, "王小明")
        return len(captured)

    taote.refund()
    few = statements()
    for _ in range(3):
        taote.refund()
    assert statements() == few <= 13


def test_the_keyboard_skips_the_menu(taote, clock, sign_in):
    desk = sign_in("agent", taote)
    assert 'href="#result_list"' not in desk.get("refunds/refund/").content.decode()
    refund = taote.refund()
    page = desk.get("refunds/refund/").content.decode()
    first, second, *_ = [part.partition(">")[0] for part in page.partition("<body")[2].split("<a ")[1:]]
    assert (first, second) == ('class="wl-skip" href="#content"', 'class="wl-skip" href="#result_list"')
    assert 'id="result_list"' in page
    assert f'<a href="/admin/refunds/refund/{refund.pk}/change/?' in page
