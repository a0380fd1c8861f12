"""The desk sends an order in several parcels: a part, then the rest, and shows each with its pieces."""

import pytest

from tests.cases import for_each
from tests.parcels import UNPICKED, ask_everybody
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LIST = "orders/order/"


@pytest.fixture
def shop(clock):
    return make_shop("pinduoduo")


@pytest.fixture
def order(shop):
    """Two pieces of two things."""
    return shop.order(shipped=False, prices=("10.00", "30.00"), quantity=2)


def page_of(desk, order):
    return desk.get(f"{LIST}{order.pk}/change/").content.decode()


def send_part(desk, order, number, **pieces):
    return desk.post(f"{LIST}{order.pk}/ship-part/", carrier="SF", tracking_number=number, **pieces)


def test_a_part_then_the_rest(shop, order, sign_in):
    desk = sign_in("warehouse", shop)
    assert "Ship a part" in page_of(desk, order)
    assert "2 left to ship" in desk.get(f"{LIST}{order.pk}/ship-part/").content.decode()
    answer = send_part(desk, order, "SF1", pieces_0="2", pieces_1="0")
    assert answer.status_code == 302
    page = page_of(desk, order)
    for words in ("partly shipped", "Ship the rest", "Quilt 8000 × 2", "SF Express SF1"):
        assert words in page
    assert desk.rows(LIST, queue="partly") == [order]
    packing = desk.get(LIST, queue="partly").content.decode()
    assert "Sent before: Quilt 8000 × 2" in packing
    assert "Don&#x27;t pack" not in packing
    assert desk.post(f"{LIST}{order.pk}/ship/", carrier="ZTO", tracking_number="ZT2").status_code == 302
    page = page_of(desk, order)
    assert "ZTO Express ZT2" in page
    assert "SF Express SF1" in page
    assert shop.reload(order).status == "shipped"


@for_each(
    ("pieces", "words"),
    [
        ({}, "Say how many pieces of what are in this parcel."),
        ({"pieces_0": "3"}, "less than or equal to 2"),
        ({"pieces_0": "-1"}, "greater than or equal to 0"),
        ({"pieces_0": "x"}, "Enter a whole number"),
    ],
)
def test_what_cannot_be_in_a_parcel_is_said_at_its_field(shop, order, sign_in, pieces, words):
    answer = send_part(sign_in("warehouse", shop), order, "SF1", **pieces)
    assert words in answer.content.decode()
    assert shop.reload(order).shipped_pieces == 0


def test_a_single_piece_is_not_divided(shop, sign_in):
    single = shop.order(shipped=False)
    assert "Ship a part" not in page_of(sign_in("warehouse", shop), single)


def test_one_of_several_numbers_is_chosen_and_corrected(shop, order, sign_in):
    desk = sign_in("warehouse", shop)
    send_part(desk, order, f"{UNPICKED}1", pieces_0="2")
    desk.post(f"{LIST}{order.pk}/ship/", carrier="SF", tracking_number="SF2")
    ask_everybody()
    form = desk.get(f"{LIST}{order.pk}/correct/").content.decode()
    assert f"SF Express {UNPICKED}1" in form
    assert "SF Express SF2</option>" not in form, "the carrier has it"
    [(parcel, _label)] = desk.get(f"{LIST}{order.pk}/correct/").context["form"].fields["parcel_id"].choices
    right = {"carrier": "YTO", "tracking_number": "YT77", "reason": "typed wrong"}
    assert desk.post(f"{LIST}{order.pk}/correct/", **right).status_code == 200, "one has to be chosen"
    assert desk.post(f"{LIST}{order.pk}/correct/", **right, parcel_id=parcel).status_code == 302
    assert "YTO Express YT77" in page_of(desk, order)


def test_a_page_of_orders_in_parts_takes_no_more_statements_than_one(shop, sign_in):
    desk = sign_in("warehouse", shop)
    counts = []
    for number in range(3):
        each = shop.order(shipped=False, prices=("10.00", "30.00"), quantity=2)
        send_part(desk, each, f"SF{number}", pieces_0="1")
        desk.get(LIST)
        counts.append(len(desk.statements(LIST)))
    assert len(set(counts)) == 1, counts
