"""A buyer whose data is erased: whatever their marketplace tells of the refund later brings nothing of it back."""

from datetime import timedelta

from common.personal import MARK, PSEUDONYM
from orders.models import Order
from privacy.erasing import erase_orders
from refunds.models import Refund
from tests.books import amiss
from tests.connectors.test_every_platform import shop  # noqa: F401
from tests.world import MERCHANT, NOON


def test_a_later_copy_tells_nothing_of_who_it_was(shop, clock):  # noqa: F811
    shop.turn(most=60)
    row = shop.row(next(iter(shop.server.refunds)))
    with shop.shop.scope():
        order = Order.objects.select_for_update().get(number=row.order_number)
        known = [text for text in (order.buyer_id, order.buyer_name) if text]
        order.erased_at = NOON
        order.save(update_fields=["erased_at"])
        erase_orders(orders=[order], salt=shop.shop.store.buyer_salt, actor=MERCHANT, now=NOON)
    if acts := shop.server.possible_acts(row.platform_id):
        shop.server.act(acts[0], row.platform_id, at=NOON + timedelta(minutes=5))
    clock.move(minutes=20)
    shop.turn(most=60, minutes=20)
    later = shop.row(row.platform_id)
    assert later.version > row.version, "the marketplace has told of it again"
    with shop.shop.scope():
        order, refund = Order.objects.get(pk=order.pk), Refund.objects.get(pk=row.refund_id)
    told = f"{later.copy} {refund.description} {order.buyer_id} {order.buyer_name}"
    assert [text for text in known if text in told] == []
    assert later.copy["raw"] == {}
    assert refund.description in ("", MARK)
    assert order.buyer_id == "" or order.buyer_id.startswith(PSEUDONYM)
    assert amiss() == {}
