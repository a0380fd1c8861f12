"""What is typed into a search line is found by an index although row security stands before it."""

import json

import pytest
from django.db import connection

from orders.models import Order, OrderLine, OwedParcel, Shipment
from orders.states import ShipmentDirection
from payments.models import Payment
from refunds.models import Refund, RefundLine
from tests.tenancy.things import make_parcel, make_small_payment
from tests.world import make_shop
from workbench.kit.search import found_by_order, orders_found

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

STARTS = {"order_by_buyer", "order_number_start", "order_buyer_start", "order_tracking_start"}


def multiply(model, row, times, **own):
    """So many more rows like this one, with these columns of their own."""
    fields = [field for field in model._meta.concrete_fields if not field.generated and field.column not in own]
    names = ", ".join(field.column for field in fields)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(own)}, {names}) SELECT {', '.join(own.values())}, {names}"
            f" FROM {table}, generate_series(1, {times}) n WHERE id = %s",
            [row.pk],
        )
        cursor.execute(f"ANALYZE {table}")


def test_orders_refunds_and_payments_are_found_by_the_start_of_what_is_known(db):
    shop = make_shop("taote")
    refund = shop.refund()
    with shop.scope():
        unlike = {
            "number": "'V' || n",
            "buyer_name": "'王' || n",
            "tracking_number": "'T' || n",
            "buyer_id": "'b' || n",
        }
        multiply(Order, refund.order, 4000, id="gen_random_uuid()", **unlike)
        multiply(Refund, refund, 4000, id="gen_random_uuid()", return_tracking_number="'R' || n")
        orders = Order.objects.for_store(shop.store.pk).matching("v-17")
        assert {name for name in STARTS if name in orders.order_by("-id")[:51].explain()} >= STARTS
        assert orders.count() == 111
        refunds = Refund.objects.for_store(shop.store.pk).matching("r 17").order_by("-id")[:51].explain()
        at_the_desk = orders_found("r17")
        assert at_the_desk.get() == refund.order
        desk = at_the_desk.order_by("-id")[:51].explain()
        multiply(OwedParcel, make_parcel(shop), 4000, id="gen_random_uuid()", tracking_number="'P' || n")
        promises = OwedParcel.objects.for_store(shop.store.pk).sent_under("p-17").order_by("-id")
        assert "parcel_tracking_start" in promises[:51].explain()
        assert promises.count() == 111
        payments = Payment.objects.for_store(shop.store.pk).filter(order__in=orders.values("pk")).explain()
    assert "refund_tracking_start" in refunds
    assert {name for name in (*STARTS, "refund_tracking_start") if name in desk} == {*STARTS, "refund_tracking_start"}
    assert all("Seq Scan on orders_order " not in plan for plan in (refunds, payments, desk))


def test_phones_by_their_end_and_goods_by_their_start_are_found_by_index(db):
    shop = make_shop("taote")
    refund = shop.refund()
    with shop.scope():
        line = RefundLine.objects.select_related("line").get(refund=refund)
        multiply(Order, refund.order, 4000, id="gen_random_uuid()", number="'V' || n", address_phone="'1380000' || n")
        goods = {"id": "gen_random_uuid()", "item_id": "9000000 + n", "sku": "'C-' || n"}
        multiply(OrderLine, line.line, 4000, **goods)
        orders = Order.objects.for_store(shop.store.pk)
        refunds = Refund.objects.for_store(shop.store.pk)
        plans = [found.matching("3917").order_by("-id")[:51].explain() for found in (orders, refunds)]
        assert orders.get(phone_end="3917") in orders.matching("39-17")
        assert refunds.matching(line.line.item_id).get() == refund
    for plan in plans:
        assert all(index in plan for index in ("order_phone_end", "order_line_item_start", "order_line_sku_start"))
        assert all(f"Seq Scan on {table} " not in plan for table in ("orders_order", "orders_orderline"))


def test_what_fits_half_a_store_is_looked_for_among_its_newest_rows(db, monkeypatch):
    """Either way finds the same; but the index would give all that match before the newest of them."""
    shop = make_shop("taote")
    refund = shop.refund()
    payment = make_small_payment(shop, refund.order)
    goods = RefundLine.objects.for_store(shop.store.pk).select_related("line").get(refund=refund).line
    with shop.scope():
        unlike = {"number": "'2026-' || n", "buyer_name": "'王' || n", "tracking_number": "'T' || n"}
        unlike |= {"address_phone": "'1380000' || n", "buyer_id": "'b' || n"}
        multiply(Order, refund.order, 4000, id="gen_random_uuid()", **unlike)
        multiply(Refund, refund, 4000, id="gen_random_uuid()", return_tracking_number="'R' || n")
        multiply(Payment, payment, 400, id="gen_random_uuid()")
        part = {
            "direction": ShipmentDirection.OUTBOUND,
            "order": refund.order,
            "topic_id": refund.order.pk,
            "created_at": refund.created_at,
        }
        Shipment(store=shop.store, part_folded="part1", tracking_number="PART-1", **part).save(force_insert=True)
    of_store = [model.objects.for_store(shop.store.pk) for model in (Order, Refund, Payment)]

    def asked(term, many):
        monkeypatch.setattr("common.search.MANY", many)
        orders, refunds, payments = of_store
        found = (orders.matching(term), refunds.matching(term), found_by_order(orders, term))
        return [rows.order_by("-id") for rows in (*found, found_by_order(payments, term, "order"))]

    terms = ["2026-1", "202 6-1", "王3", "t39", "r4", "380", "138", "part", goods.item_id, goods.item_id[:4], "王"]
    terms += [refund.order.number, refund.order.buyer_id, refund.order.buyer_id.upper(), "0017", "nobody", "-"]
    with shop.scope():
        for term in terms:
            by_index, one_by_one = (
                [set(rows.values_list("pk", flat=True)) for rows in asked(term, many)] for many in (10_000, 0)
            )
            assert one_by_one == by_index, term
            assert any(by_index) == (term not in ("380", "nobody", "-")), term
        plans = [rows[:51].explain() for rows in asked("2026", 300)]
    assert [plan for plan in plans if "Append" in plan] == []  # of ids, all of them


def test_row_security_does_not_hide_from_the_planner_how_many_rows_a_store_has(db):
    """Else it reads and sorts a store's whole history for the newest page of it, as it did for most stores."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE refunds_refund ALTER COLUMN store_id SET (n_distinct = 1000)")
    shop = make_shop("taote")
    refund = shop.refund()
    with shop.scope():
        multiply(Refund, refund, 4000, id="gen_random_uuid()")
        rows = Refund.objects.for_store(shop.store.pk)
        [plan] = json.loads(rows.explain(format="json"))
    assert plan["Plan"]["Plan Rows"] > 1000


def test_every_table_has_the_policy_that_the_planner_understands(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT polrelid::regclass::text, pg_get_expr(polqual, polrelid) FROM pg_policy")
        policies = dict(cursor.fetchall())
    assert len(policies) > 50
    assert [table for table, rule in policies.items() if "CASE" not in rule] == []


def test_what_begins_so_is_taken_as_it_stands(taote):
    order = taote.order()
    with taote.scope():
        orders = Order.objects.for_store(taote.store.pk)
        assert orders.filter(number__begins=order.number[:5]).get() == order
        for typed in ("%", "_", order.number[1:], order.number.lower(), f"{order.number}0"):
            assert not orders.filter(number__begins=typed).exists()
