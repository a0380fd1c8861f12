"""A file of the ERP may ship an order in several parcels, each with the pieces that it names (K2)."""

import pytest

from common.models import Event
from common.tenancy import system_scope
from orders.actions import ship_order
from orders.carriers import sandbox
from orders.carriers.base import CarrierStage
from orders.erp import running
from orders.models.shipment_import import ImportRow
from tests.api.helpers import ask, code, everything
from tests.api.test_order_files import exported
from tests.cases import for_each
from tests.order_files import IMPORT, table, workbook
from tests.parcels import LOST, ask_everybody, next_look
from tests.parts import A, B, left, of, parcels, pieces, send, two_lines
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "everything_holds"), pytest.mark.rule("K2")]
HEADER = ["order_number", "carrier", "tracking_number", "parcel_items"]


@pytest.fixture
def shop(db, clock):
    """A Kuaishou store."""
    return make_shop("kuaishou")


def upload(shop, *rows, dry_run=False, write=table, name="back.csv"):
    return shop.merchant.upload(f"{IMPORT}?dry_run={str(dry_run).lower()}", write(rows, HEADER), name)


def refusals(answer):
    return [(each["row"], each["code"]) for each in answer.json()["errors"]]


@for_each(("write", "name"), [(table, "back.csv"), (workbook, "back.xlsx")])
def test_each_row_ships_the_pieces_that_it_names(shop, write, name):
    order, other = two_lines(shop), two_lines(shop)
    rows = [
        [order.number, "SF", "SF1", f"{A}*1; {B} × 2"],
        [other.number, "SF", "SF3", ""],
        [order.number, "中通", "ZT2", f"{A}*1"],
    ]
    answer = upload(shop, *rows, write=write, name=name)
    assert (answer.status_code, answer.json()["shipped"]) == (200, 3), answer.content
    assert parcels(shop, order) == {"SF1": ("announced", True, {A: 1, B: 2}), "ZT2": ("announced", True, {A: 1})}
    assert (of(shop, order)["status"], of(shop, order)["tracking_number"]) == ("shipped", "ZT2")
    assert (of(shop, other)["status"], of(shop, other)["parcels"]) == ("shipped", [])


def test_a_row_for_each_product_makes_one_parcel(shop):
    order = two_lines(shop)
    assert upload(shop, [order.number, "SF", "SF1", f"{A}*1"], [order.number, "SF", "SF1", f"{B}*1"]).status_code == 200
    assert parcels(shop, order) == {"SF1": ("announced", True, {A: 1, B: 1})}
    assert (of(shop, order)["status"], left(shop, order)) == ("unshipped", [1, 1])
    with system_scope():
        assert Event.objects.filter(name="order.partly_shipped", rule="K2").count() == 1


def test_what_the_export_says_is_to_be_packed_can_be_named_as_it_stands(shop):
    order = two_lines(shop)
    send(shop, order, "SF1", pieces(a=1))
    [row] = exported(shop)
    assert upload(shop, [order.number, "SF", "SF2", row["items"]]).json()["shipped"] == 1
    assert parcels(shop, order)["SF2"] == ("announced", True, {A: 1, B: 2})
    assert of(shop, order)["status"] == "shipped"


def test_the_pieces_of_one_sku_are_told_from_those_of_another(shop):
    lines = [{"item_id": A, "sku": sku, "quantity": 2, "unit_price": "5.00"} for sku in ("red", "blue; 90% *2", "")]
    body = {"number": "S1", "buyer": {"id": "b", "name": "王"}, "paid_at": "2026-11-19T04:00:00Z", "address": "x"}
    assert shop.buyer.post("orders/", {**body, "lines": lines}).status_code == 201
    answer = upload(shop, ["S1", "SF", "SF1", f"{A}:blue; 90% *2*1;{A}:red*2;{A}*1"])
    assert answer.status_code == 200, answer.content
    now = shop.merchant.get("orders/S1/").json()
    assert [line["shipped_quantity"] for line in now["lines"]] == [2, 1, 1]


@for_each(
    ("items", "expected", "status"),
    [
        (f"{A}", "items_unreadable", 400),
        (f"{A}*0", "items_unreadable", 400),
        (f"{A}*1;;{B}*1", "item_unknown", 400),
        (";", "items_unreadable", 400),
        ("9*1", "item_unknown", 400),
        (f"{A}:red*1", "item_unknown", 400),
        (f"{A}*1;{A}*1", "item_twice", 400),
        (f"{A}*2", "pieces_not_left", 409),
    ],
)
def test_a_row_whose_pieces_are_wrong_keeps_the_file_out(shop, items, expected, status):
    order, other = two_lines(shop), two_lines(shop)
    send(shop, order, "SF1", pieces(a=1))
    before = everything(shop)
    answer = upload(shop, [other.number, "SF", "SF3", ""], [order.number, "SF", "SF2", items])
    assert (answer.status_code, refusals(answer)) == (status, [(3, expected)])
    assert everything(shop) == before


def test_the_pieces_of_an_order_go_into_one_parcel_each(shop):
    order = two_lines(shop)
    rows = [[order.number, "SF", "SF1", f"{A}*2"], [order.number, "SF", "SF2", f"{A}*1"]]
    assert refusals(upload(shop, *rows, dry_run=True)) == [(3, "pieces_not_left")]
    rows = [[order.number, "SF", "SF1", f"{A}*1"], [order.number, "SF", "SF1", f"{A}*1"]]
    assert refusals(upload(shop, *rows, dry_run=True)) == [(3, "item_twice")]
    rows = [[order.number, "SF", "SF1", f"{A}*1"], [order.number, "SF", "SF2", ""]]
    assert refusals(upload(shop, *rows, dry_run=True)) == [(3, "duplicate_row")]


def test_pieces_that_left_otherwise_since_the_file_was_looked_at_keep_it_from_shipping(shop, monkeypatch):
    order = two_lines(shop)
    assert upload(shop, [order.number, "SF", "SF2", f"{A}*2"], dry_run=True).json()["valid"] == 1
    ship_rows = running.ship_rows

    def late(**kwargs):
        with shop.scope():
            ship_order(
                store_id=shop.store.pk,
                number=order.number,
                carrier="SF",
                tracking_number="SF1",
                lines=pieces(a=1),
                actor=MERCHANT,
                now=NOON,
            )
        return ship_rows(**kwargs)

    monkeypatch.setattr("orders.erp.imports.ship_rows", late)
    answer = upload(shop, [order.number, "SF", "SF2", f"{A}*2"])
    assert (answer.status_code, refusals(answer)) == (409, [(2, "pieces_not_left")])


def test_no_other_pieces_are_shipped_than_were_shown(shop, monkeypatch):
    order = two_lines(shop)
    ship_rows = running.ship_rows

    def changed(**kwargs):
        ImportRow.objects.update(pieces={A: 2})
        return ship_rows(**kwargs)

    monkeypatch.setattr("orders.erp.imports.ship_rows", changed)
    assert code(upload(shop, [order.number, "SF", "SF1", f"{A}*1"])) == (409, "import_changed", None)
    assert left(shop, order) == [2, 2]


def test_all_parcels_of_an_order_are_shipped_in_one_batch(shop, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    orders = [two_lines(shop) for _ in range(2)]
    rows = [
        [order.number, "SF", f"SF{place}{part}", f"{goods}*1"]
        for place, order in enumerate(orders)
        for part, goods in enumerate((A, A, B))
    ]
    assert upload(shop, *rows).json()["shipped"] == 6
    assert [left(shop, order) for order in orders] == [[0, 1], [0, 1]]


WITHOUT_FREIGHT = {"order": "F1", "kind": "refund_only", "reason": "other", "amount": "10.00"}


def freighted(shop):
    """One piece for 10.00, and 6.00 for the way."""
    body = {
        "number": "F1",
        "buyer": {"id": "b", "name": "王"},
        "paid_at": "2026-11-19T04:00:00Z",
        "address": "x",
        "shipping_fee": "6.00",
        "lines": [{"item_id": A, "quantity": 1, "unit_price": "10.00"}],
    }
    assert shop.buyer.post("orders/", body).status_code == 201


@pytest.mark.rule("P2", "P8")
class TestTheQueue:
    """An order of which refunds hold all that is left has nothing to pack, until somebody decides."""

    @staticmethod
    def queue(shop):
        return [row["order_number"] for row in exported(shop)]

    def test_it_leaves_when_all_that_is_left_is_asked_back_and_returns_when_that_is_taken_back(self, shop):
        order = two_lines(shop)
        send(shop, order, "SF1", pieces(a=2))
        assert self.queue(shop) == [order.number]
        refund = ask(shop, order, amount="60.00", lines=pieces(b=2)).json()["id"]
        assert self.queue(shop) == []
        refused = upload(shop, [order.number, "SF", "SF2", ""])
        assert refusals(refused) == [(2, "nothing_to_ship")]
        assert shop.buyer.post(f"refunds/{refund}/withdraw/").status_code == 200
        assert self.queue(shop) == [order.number]

    def test_it_stays_while_a_piece_is_left(self, shop):
        order = two_lines(shop)
        send(shop, order, "SF1", pieces(a=2))
        ask(shop, order, amount="30.00", lines=pieces(b=1))
        assert self.queue(shop) == [order.number]

    def test_it_leaves_when_all_but_what_is_asked_back_has_left(self, shop):
        order = two_lines(shop)
        ask(shop, order, amount="60.00", lines=pieces(b=2))
        assert self.queue(shop) == [order.number]
        send(shop, order, "SF1", pieces(a=2))
        assert self.queue(shop) == []

    def test_pieces_that_are_asked_back_can_still_be_shipped_by_hand(self, shop):
        order = two_lines(shop)
        send(shop, order, "SF1", pieces(a=2))
        ask(shop, order, amount="60.00", lines=pieces(b=2))
        assert send(shop, order, "SF2").json()["status"] == "shipped"

    def test_a_no_leaves_it_out_until_the_refund_is_closed(self, taote, clock):
        order = two_lines(taote)
        send(taote, order, "SF1", pieces(a=2))
        refund = ask(taote, order, amount="60.00", lines=pieces(b=2)).json()["id"]
        taote.merchant.post(f"refunds/{refund}/reject/", {"reason": "x"})
        assert self.queue(taote) == []
        assert taote.buyer.post(f"refunds/{refund}/withdraw/").status_code == 200
        assert self.queue(taote) == [order.number]

    def test_an_order_whose_goods_are_asked_back_without_the_freight_has_nothing_to_pack(self, shop):
        freighted(shop)
        assert self.queue(shop) == ["F1"]
        refund = shop.buyer.post("refunds/", WITHOUT_FREIGHT)
        assert refund.status_code == 201, refund.content
        assert self.queue(shop) == []
        assert "late" not in shop.merchant.get("orders/F1/").json()["tags"]
        shop.buyer.post(f"refunds/{refund.json()['id']}/withdraw/")
        assert self.queue(shop) == ["F1"]

    @pytest.mark.rule("P3")
    def test_an_order_that_never_arrived_and_is_asked_back_has_nothing_to_pack(self, taote, clock):
        freighted(taote)
        taote.merchant.post("orders/F1/ship/", {"carrier": "SF", "tracking_number": f"{LOST}1"})
        ask_everybody()
        next_look(clock)
        asked = taote.buyer.post("refunds/", WITHOUT_FREIGHT)
        assert asked.status_code == 201, asked.content
        sandbox.move(f"{LOST}1", CarrierStage.LOST)
        clock.move(days=1)
        ask_everybody()
        assert taote.merchant.get("orders/F1/").json()["status"] == "unshipped"
        assert self.queue(taote) == []
