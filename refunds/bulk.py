"""Many buyers of a store ask at once, each with an outcome of its own.

The same questions as one by one (`refunds.opening`), asked of orders that were locked together by their ids.
"""

from collections.abc import Sequence
from datetime import datetime

from common.actions import action
from common.actors import Actor
from common.errors import NotFound, WanliuError, refuse_if
from common.together import together
from common.writes import WriteSet
from orders.bulk import lock_orders
from refunds.goods import load_order_lines
from refunds.models import Refund
from refunds.opening import RefundRequest, ask, begin, why_no_such_refund
from stores.models import Store


@action
def open_refunds(
    *, store: Store, requests: Sequence[RefundRequest], actor: Actor, now: datetime
) -> list[Refund | WanliuError]:
    """`open_refund` for requests about different orders: each new refund, or what it was refused with."""
    orders = lock_orders(store.pk, [request["order"] for request in requests])
    load_order_lines({order.pk: order for order in orders.values()}, [])
    writes = WriteSet()
    outcomes: list[Refund | WanliuError] = []
    with together(orders.values()):
        for request in requests:
            try:
                refuse_if(why_no_such_refund(store, request))
                if (order := orders.get(request["order"])) is None:
                    raise NotFound("order")
                outcomes.append(ask(writes, store, order, request, actor=actor, now=now))
            except WanliuError as refusal:
                outcomes.append(refusal)
    begin(writes, [each for each in outcomes if isinstance(each, Refund)], actor=actor, now=now)
    writes.flush()
    return outcomes
