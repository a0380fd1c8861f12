"""A buyer is forgotten while something is begun about them: it is refused, or it is there before and keeps the data."""

from datetime import timedelta
from decimal import Decimal

from common.models import Event
from common.personal import MARK
from common.tenancy import tenant_scope
from orders.models import Order
from privacy.asking import ask_for_erasure, ask_for_export
from privacy.erasing import do_buyer_requests
from privacy.models import BuyerRequest
from refunds.messages import post_message
from refunds.models import Message
from refunds.opening import open_refund
from tests.concurrency.harness import overtaken, together
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
