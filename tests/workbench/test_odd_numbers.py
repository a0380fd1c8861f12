"""What is odd about a return's number is told where it is decided and listed, and nothing is refused for it."""

import pytest

from common import clock as wall
from orders.models import Order
from refunds.models import Refund
from refunds.numbers import with_odd_numbers
from tests.api.helpers import detail
from tests.parcels import SILENT, ask_everybody
from tests.world import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("P1")]


def returning(shop: Shop, number: str, order: Order | None = None) -> Refund:
    refund = shop.refund(order)
    shop.merchant.post(f"refunds/{refund.pk}/approve/")
    parcel = {"carrier": "SF", "tracking_number": number}
    assert shop.buyer.post(f"refunds/{refund.pk}/ship-return/", parcel).status_code == 200
    return refund


def odd(shop: Shop, refund: Refund) -> list[tuple]:
    return [(each["code"], each["orders"]) for each in detail(shop, refund)["tracking"]["warnings"]]


def listed(shop: Shop) -> set:
    with shop.scope():
        return set(with_odd_numbers(Refund.objects.for_store(shop.store.pk), wall.now()).values_list("pk", flat=True))


def bought_by(shop: Shop, buyer: str) -> Order:
    order = shop.order()
    with shop.scope():
        Order.objects.filter(pk=order.pk).update(buyer_id=buyer)
    return order


def test_a_number_of_its_own_is_not_odd(taote, other):
    returning(other, "R1")
    refund = returning(taote, "R1")
    assert odd(taote, refund) == []
    assert listed(taote) == set()


def test_one_parcel_of_the_same_buyer_is_told_and_not_suspected(taote):
    first, second = (returning(taote, "R1", bought_by(taote, "b1")) for _ in range(2))
    assert odd(taote, first) == [("shared", [second.order.number])]
    assert odd(taote, second) == [("shared", [first.order.number])]
    assert listed(taote) == set()


def test_another_buyer_s_number_is_suspected(taote):
    first, second = returning(taote, "R1", bought_by(taote, "b1")), returning(taote, "r 1", bought_by(taote, "b2"))
    assert odd(taote, first) == [("of_another_buyer", [second.order.number])]
    assert listed(taote) == {first.pk, second.pk}


def test_the_number_under_which_an_order_went_out_is_suspected(taote):
    order, elsewhere = taote.order(), taote.order()
    own = returning(taote, taote.reload(order).tracking_number, order)
    foreign = returning(taote, taote.reload(elsewhere).tracking_number)
    assert odd(taote, own) == [("sent_out", [order.number])]
    assert odd(taote, foreign) == [("sent_out", [elsewhere.number])]
    assert listed(taote) == {own.pk, foreign.pk}


def test_a_number_is_silent_after_three_days_and_not_before(taote, clock):
    silent, seen = returning(taote, f"{SILENT}1"), returning(taote, "R2")
    ask_everybody()
    clock.move(days=3, seconds=-1)
    assert (odd(taote, silent), listed(taote)) == ([], set())
    clock.move(seconds=1)
    assert odd(taote, silent) == [("silent", [])]
    assert odd(taote, seen) == []
    assert listed(taote) == {silent.pk}


def test_the_desk_shows_it_on_the_page_and_in_its_queue(taote, sign_in):
    first, second = returning(taote, "R1", bought_by(taote, "b1")), returning(taote, "R1", bought_by(taote, "b2"))
    desk = sign_in("owner", taote)
    page = desk.get(f"refunds/refund/{first.pk}/change/").content.decode()
    assert f"Another buyer returns under this number: {second.order.number}." in page
    assert second.order.number in desk.get("refunds/refund/", queue="odd_numbers").content.decode()
