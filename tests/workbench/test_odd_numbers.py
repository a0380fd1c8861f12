"""What is odd about a return's number is told where it is decided and listed, and nothing is refused for it."""

import pytest

from common import clock as wall
from orders.models import Order, OwedParcel
from refunds.models import Refund
from refunds.numbers import with_odd_numbers
from tests.api.helpers import detail
from tests.marketplace import followed
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
    listed = desk.get("refunds/refund/", queue="odd_numbers").content.decode()
    assert second.order.number in listed
    assert "under “Parcels” stands what is odd" in listed


def test_a_tab_that_looked_at_the_first_returns_only_says_so_whether_it_lists_any_or_none(taote, sign_in, monkeypatch):
    numbers = {"b1": "R1", "b2": "R2", "b3": "R1"}
    first, second, third = (returning(taote, numbers[buyer], bought_by(taote, buyer)) for buyer in numbers)
    desk = sign_in("owner", taote)

    def told() -> tuple:
        page = desk.get("refunds/refund/", queue="odd_numbers").content.decode()
        listed_here = {each.order.number for each in (first, second, third) if each.order.number in page}
        return "were looked at" in page, "Every return comes under a number of its own." in page, listed_here

    odd_ones = {first.order.number, third.order.number}
    monkeypatch.setattr("refunds.numbers.LOOKED_THROUGH", 3)
    assert told() == (False, False, odd_ones)  # all three were looked at
    monkeypatch.setattr("refunds.numbers.LOOKED_THROUGH", 2)
    page = desk.get("refunds/refund/", queue="odd_numbers").content.decode()
    assert "Only the 2 returns that are due first were looked at; the others follow as these are done." in page
    assert "were looked at" not in desk.get("refunds/refund/", queue="returns").content.decode()
    with taote.scope():
        Refund.objects.filter(pk=second.pk).update(return_tracking_number="R3", return_tracking_folded="R3")
        Refund.objects.filter(pk=first.pk).update(return_tracking_number="R4", return_tracking_folded="R4")
    assert told() == (True, False, set())  # nothing odd among them isn't nothing odd at all
    monkeypatch.setattr("refunds.numbers.LOOKED_THROUGH", 3)
    assert told() == (False, True, set())


def test_the_overview_says_how_far_it_has_looked(taote, sign_in, monkeypatch):
    for buyer in ("b1", "b2"):
        returning(taote, "R1", bought_by(taote, buyer))
    desk = sign_in("owner", taote)

    def note() -> str:
        (tile,) = (each for each in desk.get("").context["tiles"] if each["label"] == "Odd numbers")
        return tile.get("note", "")

    monkeypatch.setattr("refunds.numbers.LOOKED_THROUGH", 2)
    assert note() == ""
    monkeypatch.setattr("refunds.numbers.LOOKED_THROUGH", 1)
    assert note() == "of the first 1"


def test_a_promised_parcel_s_number_is_the_same_with_and_without_hyphens(taote):
    refund, elsewhere = returning(taote, "SF9000-0091"), taote.refund()
    with taote.scope():
        OwedParcel.objects.create(
            store=taote.store, order=elsewhere.order, topic_id=elsewhere.pk, kind="gift", item_id="8000", title="Quilt",
            status="shipped", carrier="SF", tracking_number="SF90000091", shipped_at=wall.now(),
            rules_version=elsewhere.rules_version, created_at=wall.now(),
        )  # fmt: skip
    assert odd(taote, refund) == [("sent_out", [elsewhere.order.number])]
    assert listed(taote) == {refund.pk}


@pytest.mark.parametrize("number", ["-", "　"])
def test_what_a_marketplace_gives_for_none_is_no_number(taote, number):
    """Nothing else comes under it: neither what has no number nor what was never sent."""
    taote.order(shipped=False)
    shop_refunds = [taote.refund(), taote.refund(taote.order(buyer_id="b2"))]
    refund, other = (followed(taote, "returning", return_tracking_number=number) for _ in range(2))
    assert {refund.status, other.status} == {"returning"}
    assert [odd(taote, each) for each in (refund, other)] == [[], []]
    assert listed(taote) == set()
    assert [odd(taote, each) for each in shop_refunds] == [[], []]
