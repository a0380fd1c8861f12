"""A store that hasn't begun: what to do first, and no counts or filters of what has never been."""

import pytest
from django.contrib.admin import site

from tests.cases import for_each
from tests.world import make_shop
from workbench.dashboard import balanced_columns
from workbench.kit.queue import QueueMixin

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare(clock):
    """A Tmall store that has nothing but its key."""
    shop = make_shop("tmall")
    with shop.scope():
        shop.address.delete()
    return shop


def steps(desk):
    """label -> (done, address) of the only new store."""
    [new] = desk.get("").context["new_stores"]
    return {step.label: (step.is_done, step.url) for step in new.steps}


def test_a_new_store_is_told_what_to_do_first(bare, sign_in):
    desk = sign_in("owner", bare)
    page = desk.get("").content.decode()
    assert "Without one no return can be approved." in page
    assert "wl-tile " not in page
    assert steps(desk)["Return address"] == (False, "/admin/stores/returnaddress/")
    assert steps(desk)["Members"] == (False, "/admin/stores/membership/")
    assert steps(desk)["Coupons"] == (False, "/admin/offers/coupon/")
    bare.order()
    assert steps(desk)["First order"] == (True, "/admin/orders/order/")
    assert "wl-tile " in desk.get("").content.decode()


def test_the_steps_go_by_the_role(bare, sign_in):
    agent = sign_in("agent", bare)
    assert steps(agent)["Return address"] == (False, "")
    assert steps(agent)["Coupons"] == (False, "/admin/offers/coupon/")
    assert "The store's owner does this." in agent.get("").content.decode()


def test_the_steps_end_with_the_address_and_the_first_order(clock, sign_in):
    shop = make_shop("taote")
    desk = sign_in("owner", shop)
    assert "Coupons" not in steps(desk)
    shop.order()
    page = desk.get("")
    assert (page.context["new_stores"], page.context["has_begun"]) == ([], True)
    assert desk.get("").context["tiles"]


LISTS = [
    f"{model._meta.app_label}/{model._meta.model_name}/"
    for model, each in site._registry.items()
    if isinstance(each, QueueMixin)
]


def test_lists_of_what_has_never_been_have_no_filters_and_no_tick(bare, sign_in):
    desk = sign_in("owner", bare)
    for path in LISTS:
        page = desk.get(path)
        assert page.status_code == 200, path
        if page.context["cl"].is_bare:
            text = page.content.decode()
            assert 'class="wl-toolbar"' not in text, path
            assert "task_alt" not in text, path
    assert "No orders yet." in desk.get("orders/order/").content.decode()
    bare.order()
    assert "Everything is shipped." in desk.get("orders/order/").content.decode()


@for_each("count", range(2, 25))
def test_no_tile_stands_alone_in_its_row(count):
    columns = balanced_columns(count)
    assert columns <= 6
    assert count % columns != 1 or columns == 1 or count == 1
