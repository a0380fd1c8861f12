"""A buyer is forgotten while something is begun about them: it is refused, or it is there before and keeps the data."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection

from common.actors import SYSTEM
from common.models import Event
from common.personal import MARK
from common.tenancy import system_scope, tenant_scope
from orders.actions import lock_order
from orders.models import Order
from privacy.asking import ask_for_erasure, ask_for_export, resume_request
from privacy.erasing import do_buyer_requests
from privacy.models import BuyerRequest
from privacy.retention import erase_ended, erase_ended_orders
from refunds.actions import lock_refund
from refunds.messages import post_message
from refunds.models import Message
from refunds.opening import open_refund
from tests.concurrency.harness import PATIENCE, Contender, await_, is_blocked, overtaken, together
from tests.world import BUYER, MERCHANT, NOON


def arrived(shop, **head):
    order = shop.order(**head)
    assert shop.buyer.post(f"orders/{order.number}/deliver/").status_code == 200
    return order


def erases(shop, order):
    def act():
        with tenant_scope(shop.store.pk):
            return ask_for_erasure(store=shop.store, buyer=order.number, actor=MERCHANT, now=NOON)

    return act


def asks(shop, order):
    facts = {"kind": "refund_only", "reason": "quality", "amount": Decimal(5), "actor": BUYER, "now": NOON}

    def act():
        with tenant_scope(shop.store.pk):
            return open_refund(store=shop.store, order_number=order.number, **facts)

    return act


def test_a_refund_or_the_erasure_comes_first_and_the_other_is_refused(shop, clock):
    order, scope = arrived(shop), shop.scope()
    race = overtaken(asks(shop, order), erases(shop, order), scope=scope)
    assert (race.codes, race.waited) == (("ok", "buyer_has_open_refund"), True)
    order, scope = arrived(shop, buyer_id="another"), shop.scope()
    race = overtaken(erases(shop, order), asks(shop, order), scope=scope)
    assert (race.codes, race.waited) == (("ok", "buyer_erased"), True)


def test_a_message_that_is_on_its_way_is_waited_for_and_erased(shop, clock):
    order = arrived(shop)
    refund = shop.refund(order, kind="refund_only")
    assert shop.buyer.post(f"refunds/{refund.pk}/withdraw/").status_code == 200

    def writes():
        with tenant_scope(shop.store.pk):
            post_message(store_id=shop.store.pk, refund_id=refund.pk, text="my name is Li", actor=BUYER, now=NOON)

    def erases_it():
        erases(shop, order)()
        return do_buyer_requests()

    race = overtaken(writes, erases_it, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        assert [message.text for message in Message.objects.all()] == [MARK]
        assert [event.data["text"] for event in Event.objects.filter(name="message.sent")] == [MARK]


def test_two_workers_erase_once_and_two_who_ask_begin_one(shop, clock):
    order = arrived(shop)

    def exports():
        with tenant_scope(shop.store.pk):
            ask_for_export(store=shop.store, buyer=order.number, actor=MERCHANT, now=NOON)

    race = overtaken(exports, exports, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "request_under_way"), True)
    assert do_buyer_requests() == 1
    codes = sorted(result.code if result.ok else "refused" for result in together(*[erases(shop, order)] * 2))
    assert codes == ["ok", "refused"]
    together(*[do_buyer_requests] * 2)
    clock.move(minutes=2)
    do_buyer_requests()
    with shop.scope():
        assert BuyerRequest.objects.get(kind="erasure").status == "done"
        assert Event.objects.filter(name="order.erased").count() == 1
        assert Order.objects.get(pk=order.pk).erased_at <= NOON + timedelta(minutes=1)


def test_a_refund_opened_while_ended_orders_are_looked_up_keeps_its_order(shop, clock):
    """The statement that finds and locks them stands still amid it, and sees nothing of what is committed meanwhile."""
    amid_it = "pg_advisory_xact_lock(1)::text IS NOT NULL"
    order = arrived(shop)

    def stand_still(execute, sql, params, many, context):
        if "FOR NO KEY UPDATE" in sql:
            sql = sql.replace(" WHERE ", f" WHERE {amid_it} AND ", 1)
        return execute(sql, params, many, context)

    def opens():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {amid_it}")
        return asks(shop, order)()

    def erases_ended():
        with tenant_scope(shop.store.pk), connection.execute_wrapper(stand_still):
            return erase_ended_orders(store_id=shop.store.pk, until=NOON, actor=SYSTEM, now=NOON)

    race = overtaken(opens, erases_ended, scope=shop.scope())
    assert (race.codes, race.waited, race.second.value) == (("ok", "ok"), True, 0)
    assert shop.reload(order).erased_at is None


def test_a_refund_of_an_old_order_is_there_before_the_order_is_erased_or_is_refused(shop, clock):
    """Whoever erases what has ended passes over an order that somebody is at, and holds those that it erases."""

    def erases_old():
        return erase_ended(timedelta(hours=1))

    order = arrived(shop)
    race = overtaken(asks(shop, order), erases_old, scope=shop.scope())
    assert (race.codes, race.second.value, race.waited) == (("ok", "ok"), 0, False)
    assert shop.reload(order).erased_at is None
    other = arrived(shop, buyer_id="another")
    race = overtaken(erases_old, asks(shop, other), scope=system_scope())
    assert (race.first.value, race.codes, race.waited) == (1, ("ok", "buyer_erased"), True)


def test_of_two_who_resume_a_request_one_is_too_late(shop, clock):
    order = arrived(shop)
    erases(shop, order)()
    with shop.scope():
        request = BuyerRequest.objects.get()
        request.call_person()
        request.save(update_fields=request.WORK_FIELDS)

    def resumes():
        with tenant_scope(shop.store.pk):
            resume_request(store_id=shop.store.pk, request_id=request.pk, actor=MERCHANT, now=NOON)

    race = overtaken(resumes, resumes, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)


def test_whoever_erases_takes_the_order_first_as_everybody_does(shop, clock):
    """Else it holds the refund while it waits for the order, of somebody who has that and waits for the refund."""
    order = arrived(shop)
    refund = shop.refund(order, kind="refund_only")
    assert shop.buyer.post(f"refunds/{refund.pk}/withdraw/").status_code == 200
    erases(shop, order)()
    with shop.scope():
        lock_order(store_id=shop.store.pk, number=order.number)
        worker = Contender(do_buyer_requests)
        worker.start()
        worker.connected.wait(PATIENCE)
        await_(lambda: is_blocked(worker.backend), "the worker to come to the order")
        assert lock_refund(store_id=shop.store.pk, refund_id=refund.pk).pk == refund.pk
    assert worker.finish().value == 1
    with shop.scope():
        assert BuyerRequest.objects.get().status == "done"
        assert BuyerRequest.objects.get().attempts == 1
