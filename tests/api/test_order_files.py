"""The ERP's round trip over the API: what is to be shipped as a file, and the file with tracking numbers back (K2)."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.calendar import local_time
from common.models import Event
from common.tenancy import system_scope
from orders.delays.actions import report_delay
from orders.erp.cells import inert
from orders.erp.export import COLUMNS
from orders.models import Order, Shipment, ShipmentImport
from orders.packing import read_lines_to_pack
from stores.models import Store
from tests.api.helpers import ask, code, everything
from tests.cases import for_each
from tests.order_files import IMPORT, shipment, table, workbook
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("K2")]


@pytest.fixture
def shop(db):
    """A Kuaishou store."""
    return make_shop("kuaishou")


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def exported(shop, **params) -> list[dict]:
    """The rows of an export, by column."""
    content = body(shop.merchant.get("orders/export/", **params))
    if params.get("format") == "xlsx":
        header, *rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        return [dict(zip(header, row, strict=True)) for row in rows]
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def numbers(shop, **params) -> list[str]:
    return [row["order_number"] for row in exported(shop, **params)]


def worded(order_id) -> dict[str, str]:
    """An order's row, from its objects and one by one."""
    with system_scope():
        order = Order.objects.select_related("store").get(pk=order_id)
        lines = [line for line in read_lines_to_pack([order])[order.pk] if line.pieces_to_pack]
        zone = order.store.time_zone
        row = [
            order.number,
            order.status,
            ";".join(order.tags(order.store, NOON)),
            local_time(order.paid_at, zone).isoformat(timespec="seconds"),
            local_time(order.ship_by, zone).isoformat(timespec="seconds"),
            order.buyer_id,
            order.buyer_name,
            order.address,
            ";".join(f"{line.goods}*{line.pieces_to_pack}" for line in lines),
            "; ".join(f"{line.label} × {line.pieces_to_pack}" for line in lines),
            sum(line.pieces_to_pack for line in lines),
            order.paid_amount,
            order.carrier,
            order.tracking_number,
            *(order.address_name, order.address_phone, order.address_province),
            *(order.address_city, order.address_district, order.address_detail),
            "",
        ]
    return dict(zip(COLUMNS, (str(inert(value)) for value in row), strict=True))


def edit(order, **fields):
    with system_scope():
        Order.objects.filter(pk=order.pk).update(**fields)


class TestExport:
    """What goes out."""

    def test_what_is_to_be_shipped_in_the_order_of_the_queue(self, shop):
        later, sooner = shop.order(shipped=False, now=NOON), shop.order(shipped=False, now=NOON - timedelta(hours=5))
        shop.order()
        whole = shop.order(shipped=False)
        ask(shop, whole)
        assert numbers(shop) == numbers(shop, format="xlsx") == [sooner.number, later.number]
        assert whole.number in numbers(shop, status="unshipped")
        assert len(numbers(shop, status="shipped")) == 1

    def test_by_tag_and_the_other_filters(self, shop):
        plain, urged, first = (shop.order(shipped=False, buyer_id=f"b{n}") for n in range(3))
        edit(urged, is_urged=True, urges=1, urged_at=NOON)
        edit(first, is_priority=True)
        late = shop.order(shipped=False, now=NOON - timedelta(days=3))
        assert numbers(shop, tag="urged") == [urged.number]
        assert numbers(shop, tag="priority_shipping") == [first.number]
        assert numbers(shop, tag="late") == [late.number]
        assert numbers(shop, buyer="b0") == numbers(shop, q=plain.number) == [plain.number]
        assert code(shop.merchant.get("orders/export/", tag="x")) == (400, "invalid_choice", "tag")
        assert code(shop.merchant.get("orders/export/", format="pdf")) == (400, "invalid_choice", "format")

    def test_only_the_pieces_that_are_left_are_packed(self, shop):
        order = shop.order(prices=("10.00", "20.00"), quantity=3, shipped=False)
        ask(shop, order, amount="20.00", lines=[{"item_id": "8000", "quantity": 2}])
        ask(shop, order, amount="60.00", lines=[{"item_id": "8001", "quantity": 3}])
        [row] = exported(shop)
        assert (row["items"], row["pieces"], row["paid_amount"]) == ("8000*1", "1", "90.00")

    @pytest.mark.rule("P2")
    @for_each(("amount", "asked", "packed"), [("10.00", 2, 2), ("20.00", 2, 0), ("10.00", 1, 1), ("9.99", 1, 2)])
    def test_a_rebate_of_one_pieces_price_leaves_every_piece_in_the_parcel(self, shop, amount, asked, packed):
        order = shop.order(prices=("10.00", "1.00"), quantity=2, shipped=False)
        refund = ask(shop, order, amount=amount, lines=[{"item_id": "8000", "quantity": asked}])
        assert refund.json()["status"] == "awaiting_merchant"
        [row] = exported(shop)
        assert row["items"] == ";".join([*([f"8000*{packed}"] if packed else []), "8001*2"])

    @for_each("zone", ["Asia/Shanghai", "America/St_Johns", "Asia/Kathmandu", "UTC"])
    def test_the_database_words_what_the_objects_say(self, shop, zone):
        many = {"prices": ("10.00", "20.00", "5.00"), "quantity": 3, "shipped": False}
        plain, held, cancelled, odd, urged = (shop.order(**many) for _ in range(5))
        late = shop.order(shipped=False, now=NOON - timedelta(days=120))
        ask(shop, held, amount="60.00", lines=[{"item_id": "8001", "quantity": 3}])
        with system_scope():
            cancelled.lines.filter(item_id="8000").update(cancelled_quantity=3)
            cancelled.lines.filter(item_id="8001").update(cancelled_quantity=2)
            odd.lines.filter(item_id="8000").update(sku="红 / L", title="=1+1\u3000")
            odd.lines.filter(item_id="8001").update(sku="", title="伞 \t\u3000")
            odd.lines.filter(item_id="8002").update(sku="", title="")
            Store.objects.filter(pk=shop.store.pk).update(time_zone=zone, smart_customer_service=True)
        edit(urged, is_urged=True, urges=1, urged_at=NOON, is_priority=True, rule_ship_by=NOON)
        edit(plain, ship_by=NOON + timedelta(minutes=5, microseconds=999_999), buyer_name="a\nb", address="'x")
        rows = {row["order_number"]: row for row in exported(shop)}
        assert len(rows) == 6
        for order in (plain, held, cancelled, odd, urged, late):
            assert rows[order.number] == worded(order.pk)
        assert rows[urged.number]["tags"] == "priority_shipping;urged;delayed"
        assert rows[odd.number]["items"] == "8000:红 / L*3;8001*3;8002*3"

    def test_the_file_is_named_and_typed(self, shop):
        answer = shop.merchant.get("orders/export/")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"] == f'attachment; filename="{shop.store.code}-orders-20261120-1200.csv"'
        answer = shop.merchant.get("orders/export/", format="xlsx")
        assert answer["Content-Type"].endswith("spreadsheetml.sheet")
        assert answer["Content-Disposition"].endswith('.xlsx"')

    def test_texts_of_buyers_are_written_as_texts(self, shop):
        edit(shop.order(shipped=False), buyer_name="@小明", address="=1+1\x01", buyer_id="x")
        row = exported(shop)[0]
        assert (row["buyer_name"], row["address"]) == ("'@小明", "'=1+1")
        row = exported(shop, format="xlsx")[0]
        assert (row["buyer_name"], row["address"]) == ("@小明", "=1+1")

    def test_who_took_how_many_orders_is_on_record(self, shop):
        shop.order(shipped=False)
        exported(shop, format="xlsx", q="王", status="unshipped")
        shop.merchant.get("orders/export/", format="pdf")
        with system_scope():
            event = Event.objects.get(name="store.orders_exported")
        assert (event.store_id, event.actor_kind, event.topic_id) == (shop.store.pk, "merchant", event.subject_id)
        assert event.data == {"rows": 1, "format": "xlsx", "filter": "status=unshipped q=王"}

    def test_foreign_orders_are_not_in_it(self, shop):
        other = make_shop("kuaishou")
        own, theirs = shop.order(shipped=False), other.order(shipped=False)
        assert numbers(shop) == [own.number]
        assert numbers(shop, q=theirs.number) == []

    def test_statements_do_not_grow_with_rows(self, shop):
        def statements():
            with CaptureQueriesContext(connection) as captured:
                exported(shop)
            return len(captured)

        shop.order(shipped=False)
        statements()  # the first use of a key is noted
        few = statements()
        for _ in range(5):
            shop.order(shipped=False)
        assert statements() == few


class TestImport:
    """What comes back."""

    def test_a_round_trip(self, shop):
        for _ in range(3):
            shop.order(shipped=False)
        for kind in ("csv", "xlsx"):
            rows = exported(shop, format=kind)
            assert rows
            rows = rows[: len(rows) - 1] if kind == "csv" else rows
            for place, row in enumerate(rows):
                row |= {"carrier": "顺丰", "tracking_number": f"{kind}-{place}"}
            content = (table if kind == "csv" else workbook)([list(row.values()) for row in rows], list(rows[0]))
            answer = shop.merchant.upload(IMPORT, content, f"back.{kind}")
            assert (answer.status_code, answer.json()["shipped"]) == (200, len(rows)), answer.content
        assert numbers(shop) == []
        order = shop.merchant.get(f"orders/{rows[0]['order_number']}/").json()
        assert (order["status"], order["carrier"], order["tracking_number"]) == ("shipped", "SF", "XLSX-0")
        with system_scope():
            assert Event.objects.filter(name="order.shipped", rule="K2").count() == 3
            assert set(ShipmentImport.objects.values_list("status", "total")) == {("done", 2), ("done", 1)}

    def test_a_dry_run_tells_and_changes_nothing(self, shop):
        order = shop.order(shipped=False)
        before = everything(shop)
        content = table([shipment(shop, order=order), ["NOPE", "SF", "1"], [order.number, "SF", "2"]])
        answer = shop.merchant.upload(f"{IMPORT}?dry_run=true", content)
        assert answer.json() == {
            "dry_run": True,
            "rows": 3,
            "valid": 1,
            "shipped": 0,
            "errors": [
                {"row": 3, "order": "NOPE", "code": "not_found", "detail": "The store has no such order."},
                {
                    "row": 4,
                    "order": order.number,
                    "code": "duplicate_row",
                    "detail": "Row 2 (SF T1) names another parcel for this order. "
                    "Leave one of the rows, or name in the column parcel_items what is in each.",
                },
            ],
            "errors_total": 2,
        }
        assert everything(shop) == before

    @pytest.fixture
    def orders(self, shop):
        """One to ship, a second, one that is shipped, one whose money is asked back, and another store's."""
        good, second, shipped, refunded = (shop.order(shipped=is_shipped) for is_shipped in (False, False, True, False))
        ask(shop, refunded)
        return good, second, shipped, refunded, make_shop("kuaishou").order(shipped=False)

    @for_each(
        ("row", "expected"),
        [
            (("NOPE", "SF", "1"), "not_found"),
            (("", "SF", "1"), "order_number_missing"),
            (("{0}", "SF", "2"), "duplicate_row"),
            (("{1}", "", "1"), "carrier_missing"),
            (("{1}", "顺" * 51, "1"), "carrier_unknown"),
            (("{1}", "顺风速运", "1"), "carrier_unknown"),
            (("{1}", "其他：", "1"), "carrier_unknown"),
            (("{1}", "SF", ""), "tracking_number_missing"),
            (("{1}", "SF", "1.23457E+12"), "digits_lost"),
            (("{1}", "SF", "7730_1234"), "tracking_number_invalid"),
            (("{1}", "SF", "T" * 65), "tracking_number_invalid"),
            (("{2}", "SF", "1"), "order_already_shipped"),
            (("{3}", "SF", "1"), "nothing_to_ship"),
            (("{4}", "SF", "1"), "not_found"),
            (("x" * 5000, "SF", "1"), "not_found"),
            (("a\x00b", "SF", "1"), "not_found"),
        ],
    )
    def test_one_wrong_row_and_nothing_is_imported(self, shop, orders, row, expected):
        content = table(
            [shipment(shop, order=orders[0]), [cell.format(*(order.number for order in orders)) for cell in row]]
        )
        before = everything(shop)
        answer = shop.merchant.upload(IMPORT, content)
        error = answer.json()["errors"][0]
        state = expected in ("order_already_shipped", "nothing_to_ship")
        assert (answer.status_code, error["code"], error["row"]) == (409 if state else 400, expected, 3)
        assert answer.json()["type"] == ("client_error" if state else "validation_error")
        assert (answer.json()["valid"], answer.json()["shipped"], answer.json()["errors_total"]) == (1, 0, 1)
        assert everything(shop) == before

    @for_each("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_chinese_headers_and_encodings(self, shop, encoding):
        order = shop.order(shipped=False)
        content = f"序号\t订单号\t快递单号\t物流公司\r\n1\t{order.number}\tYT1\t圆通速递\r\n\r\n".encode(encoding)
        assert shop.merchant.upload(IMPORT, content).json()["shipped"] == 1
        assert shop.reload(order).carrier == "YTO"

    def test_numbers_in_a_workbook_are_their_digits(self, shop):
        order = shop.order(shipped=False)
        edit(order, number="26112000000001")
        content = workbook([[26112000000001, "SF", 1234567890123.0]])
        assert shop.merchant.upload(IMPORT, content, "a.xlsx").json()["shipped"] == 1
        assert shop.reload(order).tracking_number == "1234567890123"

    def test_a_number_that_a_spreadsheet_has_changed_ships_no_order(self, shop):
        order, other = shop.order(shipped=False), shop.order(shipped=False)
        edit(order, number="3694215789012350000")
        content = workbook([[3.69421578901235e18, "SF", "T1"], [other.number, "SF", 7.7301234567890099e17]])
        answer = shop.merchant.upload(IMPORT, content, "a.xlsx")
        errors = answer.json()["errors"]
        assert (answer.status_code, [error["code"] for error in errors]) == (400, ["digits_lost"] * 2)
        assert [error["detail"].split(":")[0] for error in errors] == ["Cell Sheet!A2", "Cell Sheet!C3"]
        assert "as text" in errors[0]["detail"]
        assert {shop.reload(each).status for each in (order, other)} == {"unshipped"}

    def test_rows_of_one_order_with_several_products_are_one(self, shop):
        rows = [shipment(shop), shipment(shop, 2)]
        answer = shop.merchant.upload(IMPORT, table([rows[0], rows[1], rows[0], rows[0]])).json()
        assert (answer["rows"], answer["shipped"], answer["errors_total"]) == (2, 2, 0)
        with system_scope():
            assert Shipment.objects.count() == Event.objects.filter(name="order.shipped", rule="K2").count() == 2

    def test_a_repeated_upload_with_a_key_has_one_effect(self, shop):
        content, key = table([shipment(shop)]), {"Idempotency-Key": "file-1"}
        first, second = (shop.merchant.upload(IMPORT, content, **key) for _ in range(2))
        assert first.json() == second.json()
        assert (first.status_code, second["Idempotency-Replayed"]) == (200, "true")
        other = shop.merchant.upload(IMPORT, table([shipment(shop)]), **key)
        assert code(other) == (409, "idempotency_key_reused", None)

    def test_a_refused_upload_with_a_key_is_replayed_too(self, shop):
        content, key = table([["NOPE", "SF", "1"]]), {"Idempotency-Key": "file-2"}
        answers = [shop.merchant.upload(IMPORT, content, **key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [400, 400]
        assert answers[0].json() == answers[1].json()
        with system_scope():
            assert ShipmentImport.objects.count() == 0

    def test_errors_are_capped_and_counted(self, shop):
        content = table([[f"N{n}", "SF", "1"] for n in range(300)])
        answer = shop.merchant.upload(IMPORT, content).json()
        assert (len(answer["errors"]), answer["errors_total"]) == (200, 300)

    @for_each("dry", [True, False])
    def test_five_thousand_rows_in_a_few_statements_a_thousand(self, shop, dry):
        content = table([[number, "SF", f"T{place}"] for place, number in enumerate(shop.many_to_ship(5000))])
        with CaptureQueriesContext(connection) as captured:
            answer = shop.merchant.upload(f"{IMPORT}?dry_run={dry}", content)
        assert (answer.status_code, answer.json()["valid"]) == (200, 5000)
        assert len(captured) <= (5 if dry else 5 * 5) + 20  # look up; keep; read, lock, ship


@pytest.mark.rule("K4")
def test_urged_orders_whose_delay_was_lifted_are_exported_first(shop):
    soon, later = shop.order(shipped=False, now=NOON - timedelta(hours=9)), shop.order(shipped=False)
    with shop.scope():
        report = report_delay(
            store=shop.store,
            reason="暴雪",
            order_numbers=[later.number],
            expected_at=NOON + timedelta(days=4),
            actor=MERCHANT,
            now=NOON,
        )
    edit(later, is_urged=True, urges=1, urged_at=NOON)
    assert numbers(shop) == [soon.number, later.number]
    assert shop.merchant.post(f"delay-reports/{report.pk}/lift/").status_code == 200
    assert numbers(shop) == [later.number, soon.number]
