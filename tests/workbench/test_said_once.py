"""What the desk says of a rule and of a method that nobody has tried: what is so in this store, and nothing else."""

import re

import pytest

from refunds.actions import approve_refund
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@for_each(("marketplace", "named"), [("taote", True), ("tmall", False), ("pinduoduo", False)])
def test_a_page_names_the_rules_of_its_own_marketplace_only(sign_in, marketplace, named):
    shop = make_shop(marketplace)
    refund = shop.refund(kind="refund_only")
    with shop.scope():
        approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    page = sign_in("agent", shop).get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "Request approved" in page
    assert (">T8<" in page) is named


def test_a_method_that_was_never_tried_has_no_rate_and_no_bar(sign_in):
    shop = make_shop("tmall")
    refund = shop.refund(reason="minor_flaw")
    page = sign_in("agent", shop).get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "not tried yet" in page
    assert "<meter" not in page.partition('id="retention"')[2].partition("</section>")[0]


def test_a_buyers_score_is_said_to_be_of_the_day_of_the_order(sign_in):
    shop = make_shop("tmall")
    refund = shop.refund(shop.order(credit_score=533))
    desk = sign_in("agent", shop)
    for path in (f"refunds/refund/{refund.pk}/change/", f"orders/order/{refund.order_id}/change/"):
        page = desk.get(path).content.decode()
        assert re.search(r"<dt>Credit score</dt><dd>533 <span[^>]*>when ordered</span></dd>", page), path
