"""The shipping queue on the desk: tabs, packing, one after another, files, delay reports (P8, K2, K4)."""

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.models import Event
from common.tenancy import system_scope
from orders.delays.actions import report_delay
from orders.erp.running import run_imports
from orders.lateness import sweep_late_orders
from orders.models import DelayedOrder, DelayReport, Order, ShipmentImport
from orders.saving import urge_order
from stores.models import Membership
from tests.api.helpers import ask
from tests.cases import for_each
from tests.parts import A, B, two_lines
from tests.tenancy.furnish import fingerprint
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db
LIST = "orders/order/"
NEXT = f"{LIST}ship-next/"
DELAY = f"{LIST}delay/"
UPLOAD = "orders/shipmentimport/upload/"
PARCEL = {"carrier": "SF", "tracking_number": "SF42"}
HEADER = "order_number,carrier,tracking_number\n"


@pytest.fixture
def shop(clock):
    """A Pinduoduo store: its orders ship within a day."""
    return make_shop("pinduoduo")


@pytest.fixture(autouse=True)
def _no_broker(broker_tasks):
    """Files are imported by hand here."""


def paid(shop, hours_ago, **kwargs):
    """An unshipped order that was paid so long ago."""
    return shop.order(shipped=False, now=NOON - timedelta(hours=hours_ago) + timedelta(days=1), **kwargs)


def shown(desk, **params):
    return [order.number for order in desk.rows(LIST, **params)]


def report(shop, *orders, days=3):
    with shop.scope():
        return report_delay(
            store=shop.store,
            reason="暴雪",
            order_numbers=[order.number for order in orders],
            expected_at=NOON + timedelta(days=days),
            actor=MERCHANT,
            now=NOON,
        )


def urge(shop, order):
    with shop.scope():
        urge_order(store=shop.store, number=order.number, actor=BUYER, now=NOON)


@pytest.mark.rule("P8", "K4")
def test_the_tabs_and_their_order(shop, sign_in):
    late, soon, fine = paid(shop, 30), paid(shop, 20), paid(shop, 2)
    urged, priority, delayed, whole = (paid(shop, hours) for hours in (3, 4, 5, 6))
    shop.order()
    urge(shop, urged)
    with system_scope():
        Order.objects.filter(pk=priority.pk).update(is_priority=True)
    report(shop, delayed)
    ask(shop, whole)
    desk = sign_in("warehouse", shop)
    assert shown(desk) == [order.number for order in (late, soon, priority, urged, fine, delayed)]
    assert shown(desk, queue="late") == [late.number]
    assert shown(desk, queue="soon") == [soon.number]
    assert shown(desk, queue="urged") == [urged.number]
    assert shown(desk, queue="priority") == [priority.number]
    assert shown(desk, queue="delayed") == [delayed.number]
    text = desk.get(LIST).content.decode()
    for words in ("late soon", "priority shipping", "urged", "delay reported", "Quilt 8000 <b>× 1</b>"):
        assert words in text
    tiles = {tile["url"].split("queue=")[1]: tile["count"] for tile in desk.get("").context["tiles"]}
    assert (tiles["to_ship"], tiles["late"], tiles["soon"]) == ("6", "1", "1")


@pytest.mark.rule("P8")
def test_soon_is_what_each_marketplace_says(shop, sign_in):
    second, desk = make_shop("kuaishou"), sign_in("warehouse", shop)
    with system_scope():
        Membership.objects.create(store=second.store, user=desk.user, role="warehouse")
    mine, theirs = paid(shop, 20), paid(second, 43)
    paid(second, 20)
    assert sorted(shown(desk, queue="soon")) == sorted([mine.number, theirs.number])


def test_an_order_of_which_only_the_freight_is_left_is_not_to_ship_until_the_refund_is_decided(clock, sign_in):
    shop = make_shop("taote")
    order = paid(shop, 2, shipping_fee=Decimal("8.00"))
    refund = ask(shop, order, amount="59.00").json()
    desk = sign_in("warehouse", shop)
    assert (shown(desk), shown(desk, queue="all")) == ([], [order.number])
    assert shop.buyer.post(f"refunds/{refund['id']}/withdraw/").status_code == 200
    assert shown(desk) == [order.number]


def test_more_fields_than_a_form_may_have_are_a_clear_error(shop, sign_in):
    answer = sign_in("warehouse", shop).post(DELAY, **{f"order{place}": "1" for place in range(1001)})
    assert answer.status_code == 400
    assert "so nothing was done. Go back and choose fewer rows." in answer.content.decode()


@pytest.mark.rule("K4")
def test_urged_orders_come_first_once_their_delay_is_lifted(shop, sign_in):
    soon, urged, other = paid(shop, 20), paid(shop, 2), paid(shop, 3)
    made = report(shop, urged, other)
    urge(shop, urged)
    desk = sign_in("warehouse", shop)
    assert shown(desk)[0] == soon.number
    assert desk.get(f"orders/delayreport/{made.pk}/lift/").status_code == 200
    assert shop.reload(made).lifted_at is None
    assert desk.post(f"orders/delayreport/{made.pk}/lift/").status_code == 302
    assert shown(desk) == [urged.number, soon.number, other.number]
    again = desk.client.post(f"/admin/orders/delayreport/{made.pk}/lift/", follow=True)
    assert "has been lifted before" in again.content.decode()


@pytest.mark.rule("P8")
def test_one_after_another(shop, sign_in):
    late, soon, fine = paid(shop, 30), paid(shop, 20), paid(shop, 2)
    desk = sign_in("warehouse", shop)
    assert desk.get(NEXT).context["order"].pk == late.pk
    skipped = desk.get(NEXT, skip=late.pk)
    assert skipped.context["order"].pk == soon.pk
    assert desk.get(NEXT, order=fine.pk).context["order"].pk == fine.pk
    answer = desk.post(f"{NEXT}?queue=to_ship&skip={late.pk}", order=soon.pk, **PARCEL)
    assert answer.status_code == 302
    assert f"skip={late.pk}" in answer["Location"]
    now = shop.reload(soon)
    assert (now.status, now.carrier, now.tracking_number) == ("shipped", "SF", "SF42")
    page = desk.client.get(answer["Location"])
    assert page.context["order"].pk == fine.pk
    assert 'value="SF"' in page.content.decode()
    again = desk.post(NEXT, order=soon.pk, **PARCEL)
    assert "already been shipped" in again.content.decode()
    assert list(desk.post(NEXT, order=late.pk, carrier="SF").context["form"].errors) == ["tracking_number"]
    for order in (late, fine):
        desk.post(NEXT, order=order.pk, **PARCEL)
    assert desk.get(NEXT)["Location"] == "/admin/orders/order/?queue=to_ship"


@pytest.mark.rule("K2")
def test_what_is_refunded_is_not_packed(shop, sign_in):
    order = paid(shop, 2, prices=("10.00", "20.00"), quantity=3)
    ask(shop, order, amount="60.00", lines=[{"item_id": "8001", "quantity": 3}])
    text = sign_in("warehouse", shop).get(NEXT).content.decode()
    assert "3 pieces to pack" in text
    assert "Don&#x27;t pack: Quilt 8001" in text or "Don't pack: Quilt 8001" in text


@for_each("role", ["agent", "viewer", "finance"])
def test_others_see_the_queue_and_change_nothing(shop, sign_in, role):
    order, desk = paid(shop, 2), sign_in(role, shop)
    made = report(shop, paid(shop, 3))
    page = desk.get(LIST).content.decode()
    assert order.number in page
    assert 'form="orders-bulk"' not in page
    before = fingerprint(shop)
    for path, data in (
        (NEXT, {"order": order.pk, **PARCEL}),
        (DELAY, {"order": order.pk, "reason": "x", "expected_at": "2026-11-25T18:00", "confirm": "1"}),
        (f"{LIST}export/", {"order": order.pk}),
        (UPLOAD, {"file": SimpleUploadedFile("a.csv", b"x")}),
        (f"orders/delayreport/{made.pk}/lift/", {}),
    ):
        assert desk.post(path, **data).status_code == 403, path
    assert desk.get(UPLOAD).status_code == 403
    assert desk.get(f"{LIST}export/").status_code == 403
    assert f"{LIST}export/" not in page
    assert fingerprint(shop) == before


@pytest.mark.rule("K2")
def test_the_queue_and_a_selection_as_files(shop, sign_in):
    late, fine = paid(shop, 30), paid(shop, 2)
    desk = sign_in("warehouse", shop)

    def rows(answer):
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        return [row[0] for row in book.active.iter_rows(values_only=True)][1:]

    assert rows(desk.get(f"{LIST}export/", format="xlsx")) == [late.number, fine.number]
    assert rows(desk.get(f"{LIST}export/", format="xlsx", queue="late")) == [late.number]
    assert rows(desk.post(f"{LIST}export/", format="xlsx", order=[fine.pk])) == [fine.number]
    text = b"".join(desk.get(f"{LIST}export/").streaming_content).decode("utf-8-sig")
    assert text.startswith("Order number,Status,Tags,")
    assert text.splitlines()[1].startswith(f"{late.number},To be shipped,Late to ship,")
    assert desk.get(f"{LIST}export/", format="pdf").status_code == 404
    with system_scope():
        events = Event.objects.filter(name="store.orders_exported").order_by("id")
        took = [(event.actor_id, event.area, event.data["rows"], event.data["filter"]) for event in events]
    who = (f"user:{desk.user.pk}", "exports")
    assert took == [(*who, 2, "to_ship"), (*who, 1, "late"), (*who, 1, "ticked"), (*who, 2, "to_ship")]
    foreign = make_shop("pinduoduo").order(shipped=False)
    assert desk.post(f"{LIST}export/", format="xlsx", order=[fine.pk, foreign.pk]).status_code == 404
    second = make_shop("pinduoduo")
    with system_scope():
        Membership.objects.create(store=second.store, user=desk.user, role="warehouse")
    desk = sign_in("operator")
    answer = desk.client.get(f"/admin/{LIST}export/", follow=True)
    assert "pick the store first" in answer.content.decode()


@pytest.mark.rule("K4")
def test_a_delay_is_reported_in_three_steps(shop, sign_in):
    first, second, desk = paid(shop, 2), paid(shop, 3), sign_in("warehouse", shop)
    ids = [first.pk, second.pk]
    assert desk.post(DELAY, order=ids).context["form"].errors == {}
    terms = {"order": ids, "reason": "暴雪封路", "expected_at": "2026-11-23T18:00"}
    preview = desk.post(DELAY, **terms)
    assert "暴雪封路" in preview.context["notice"]
    assert "2026-11-23 18:00" in preview.context["notice"]
    assert desk.post(DELAY, **terms, step="edit").templates[0].name == "workbench/shipping/delay.html"
    with system_scope():
        assert DelayReport.objects.count() == 0
    assert desk.post(DELAY, **terms, step="send").status_code == 302
    with system_scope():
        made = DelayReport.objects.get()
        assert made.expected_at.isoformat() == "2026-11-23T10:00:00+00:00"
        assert sorted(DelayedOrder.objects.values_list("order__number", flat=True)) == sorted(
            [first.number, second.number]
        )
    again = desk.post(DELAY, **{**terms, "expected_at": "2026-11-24T18:00"}, step="send")
    assert "is in an open report" in again.content.decode()
    page = desk.get(f"orders/delayreport/{made.pk}/change/").content.decode()
    assert first.number in page
    assert "暴雪封路" in page
    assert made.reason in desk.get("orders/delayreport/").content.decode()


@pytest.mark.rule("K4")
def test_a_delay_of_the_whole_list_is_reported_beyond_its_first_page(shop, sign_in):
    orders, desk = [paid(shop, hours) for hours in range(53)], sign_in("warehouse", shop)
    assert 'name="everything"' not in desk.get(LIST, q=orders[0].number).content.decode(), "one page is ticked at once"
    report(shop, orders[0])
    other = make_shop("kuaishou")
    paid(other, 1)
    with system_scope():  # in another store the same person only looks
        Membership.objects.create(store=other.store, user=desk.user, role="viewer")
    bar = desk.get(LIST).content.decode()
    assert "Report a delay of all 52 of this list" in bar
    named = desk.post(DELAY, everything="1").context["named"].split(",")
    assert named == [str(order.pk) for order in sorted(orders[1:], key=lambda order: (order.ship_by, order.pk))]
    terms = {"order": ",".join(named), "reason": "暴雪封路", "expected_at": "2026-11-25T18:00"}
    assert desk.post(DELAY, **terms, step="send").status_code == 302
    with system_scope():
        assert DelayReport.objects.latest("id").order_count == 52


def test_the_whole_list_is_that_of_its_queue_and_search_and_no_more_than_one_report_holds(shop, sign_in, monkeypatch):
    late, other, _fine = paid(shop, 60), paid(shop, 61), paid(shop, 2)
    desk = sign_in("warehouse", shop)
    assert set(desk.post(f"{DELAY}?queue=late", everything="1").context["orders"]) == {late, other}
    assert desk.post(f"{DELAY}?q={late.number}", everything="1").context["orders"] == [late]
    assert desk.post(f"{DELAY}?address__regex=x", everything="1").status_code == 404
    monkeypatch.setattr("workbench.shipping.selection.MOST_ORDERS", 1)
    cut = desk.post(f"{DELAY}?queue=late", everything="1")
    assert cut.context["orders"] == [other]
    assert "these are the 1 orders that are due first" in cut.content.decode()
    assert sign_in("viewer", shop).post(DELAY, everything="1").status_code == 403


def test_the_form_says_what_is_wrong_with_a_delay(shop, sign_in):
    order, desk = paid(shop, 2), sign_in("warehouse", shop)
    past = desk.post(DELAY, order=[order.pk], reason="x", expected_at="2026-11-01T10:00")
    assert list(past.context["form"].errors) == ["expected_at"]
    early = desk.post(DELAY, order=[order.pk], reason="x", expected_at="2026-11-20T13:00")
    assert "need not ship before" in str(early.context["form"].non_field_errors())
    assert desk.post(DELAY, reason="x")["Location"] == "/admin/orders/order/"
    assert desk.get(DELAY)["Location"] == "/admin/orders/order/"
    foreign = make_shop("pinduoduo").order(shipped=False)
    assert desk.post(DELAY, order=[order.pk, foreign.pk]).status_code == 404
    assert desk.post(DELAY, order=["nonsense"]).status_code == 404


@pytest.mark.rule("K2")
def test_a_file_is_uploaded_checked_confirmed_and_imported(shop, sign_in, broker_tasks, monkeypatch):
    orders, desk = [paid(shop, hours) for hours in (2, 3)], sign_in("warehouse", shop)
    content = HEADER + "".join(f"{order.number},SF,T{place}\n" for place, order in enumerate(orders))
    answer = desk.post(UPLOAD, store=shop.store.pk, file=SimpleUploadedFile("发货.csv", content.encode()))
    page = desk.client.get(answer["Location"])
    assert "Ship 2 orders" in page.content.decode()
    assert [(row.place, row.number, row.order.buyer_name) for row in page.context["rows"]] == [
        (place, order.number, "王小明") for place, order in enumerate(orders, 2)
    ]
    with monkeypatch.context() as fewer:
        fewer.setattr("workbench.shipping.importing.ROWS_SHOWN", 1)
        page = desk.client.get(answer["Location"])
        assert page.context["next_after"] == 2
        page = desk.client.get(f"{answer['Location']}?after=2")
    assert ([row.place for row in page.context["rows"]], page.context["next_after"]) == ([3], None)
    assert desk.client.get(f"{answer['Location']}?after=²x").status_code == 200
    assert shop.reload(orders[0]).status == "unshipped"
    with system_scope():
        job = ShipmentImport.objects.get()
    path = f"orders/shipmentimport/{job.pk}/"
    assert desk.get(f"{path}confirm/").status_code == 200
    assert desk.post(f"{path}confirm/").status_code == 302
    state = desk.get(f"{path}progress/").json()
    assert (state["total"], state["done"], state["step"], state["finished"]) == (2, 0, "shipping", False)
    again = desk.client.post(f"/admin/{path}confirm/", follow=True)
    assert "has been confirmed before" in again.content.decode()
    run_imports(ids=[job.pk])
    state = desk.get(f"{path}progress/").json()
    assert (state["total"], state["done"], state["finished"]) == (2, 2, True)
    assert shown(desk) == []
    assert "发货.csv" in desk.get("orders/shipmentimport/").content.decode()
    assert shop.reload(orders[1]).tracking_number == "T1"


@pytest.mark.rule("K2")
@for_each(
    ("language", "expected"),
    [("en", ["Ship 2 orders", "<b>4</b> parcels"]), ("zh-hans", ["为 2 个订单发货", "<b>4</b> 个包裹"])],
)
def test_before_a_file_is_confirmed_orders_parcels_and_rows_are_told_apart(shop, sign_in, language, expected):
    first, second = two_lines(shop, now=NOON), two_lines(shop, now=NOON)
    rows = [f"{first.number},SF,T1,{A}*1", f"{first.number},SF,T1,{B}*1", f"{first.number},SF,T2,{A}*1"]
    rows += [f"{second.number},SF,T3,{A}*2", f"{second.number},SF,T4,{B}*2"]
    content = "order_number,carrier,tracking_number,parcel_items\n" + "\n".join(rows)
    desk = sign_in("warehouse", shop)
    desk.client.cookies["django_language"] = language
    answer = desk.post(UPLOAD, store=shop.store.pk, file=SimpleUploadedFile("a.csv", content.encode()))
    page = desk.client.get(answer["Location"])
    assert (page.context["job"].total, page.context["will_ship"]) == (5, {"orders": 2, "parcels": 4})
    assert [words for words in expected if words not in page.content.decode()] == []
    page = desk.client.get(f"{answer['Location']}?after=99")
    assert (page.context["rows"], expected[0] in page.content.decode()) == ([], True)


@pytest.mark.rule("K2")
def test_a_file_with_errors_shows_them_and_cannot_be_confirmed(shop, sign_in):
    order, desk = paid(shop, 2), sign_in("warehouse", shop)
    content = f"{HEADER}{order.number},SF,T1\nNOPE,SF,T2\n"
    answer = desk.post(UPLOAD, store=shop.store.pk, file=SimpleUploadedFile("a.csv", content.encode()))
    page = desk.client.get(answer["Location"]).content.decode()
    assert "The store has no such order." in page
    assert 'id="confirm"' not in page
    with system_scope():
        job = ShipmentImport.objects.get()
    refused = desk.client.post(f"/admin/orders/shipmentimport/{job.pk}/confirm/", follow=True)
    assert "Correct the rows with errors" in refused.content.decode()
    broken = desk.post(UPLOAD, store=shop.store.pk, file=SimpleUploadedFile("a.csv", b"a,b\n1,2\n"))
    assert list(broken.context["form"].errors) == ["file"]
    with system_scope():
        assert ShipmentImport.objects.count() == 1


def test_a_file_goes_into_a_store_of_ones_own(shop, sign_in):
    other, desk = make_shop("pinduoduo"), sign_in("warehouse", shop)
    answer = desk.post(UPLOAD, store=other.store.pk, file=SimpleUploadedFile("a.csv", HEADER.encode()))
    assert list(answer.context["form"].errors) == ["store"]


@pytest.mark.rule("P8")
def test_a_late_order_tells_so_in_its_history(shop, clock, sign_in):
    order = paid(shop, 30)
    sweep_late_orders()
    text = sign_in("viewer", shop).get(f"{LIST}{order.pk}/change/").content.decode()
    assert "Not shipped in time" in text


def test_statements_do_not_grow_with_orders(shop, sign_in):
    desk = sign_in("warehouse", shop)

    def statements(path):
        return len(desk.statements(path))

    report(shop, paid(shop, 2))
    few = [statements(LIST), statements("orders/delayreport/"), statements("orders/shipmentimport/")]
    for hours in range(3, 8):
        report(shop, paid(shop, hours), paid(shop, hours))
        paid(shop, hours)
    assert [statements(LIST), statements("orders/delayreport/"), statements("orders/shipmentimport/")] == few
