"""An exchange as a kind of its own: the goods come back, the new ones are owed, and no money moves.

Until then it holds its goods' price like any refund, so that nobody is paid for what is exchanged at the same time.
"""

from collections.abc import Sequence
from datetime import datetime

from common.actors import Actor
from common.events import EventType
from common.writes import WriteSet
from orders.parcels import owe_parcel
from orders.states import ParcelKind
from refunds.actions import record
from refunds.holds import lines_of, release
from refunds.models import Refund
from stores.models import Product


def owe_new_goods(
    writes: WriteSet,
    refunds: Sequence[Refund],
    *,
    event: EventType,
    note: str,
    actor: Actor,
    now: datetime,
    rule: str,
    **data,
) -> None:
    """Close these locked exchanges: each of their lines becomes a promised parcel, and what they held is free (Q16).

    `event` tells why the goods count as returned.
    """
    if not refunds:
        return
    lines = lines_of(refunds)
    wanted = {line.line.item_id for own in lines.values() for line in own}
    found = Product.objects.in_scope().filter(store_id__in={refund.store_id for refund in refunds}, item_id__in=wanted)
    products = {(product.store_id, product.item_id): product for product in found}
    release(writes, refunds)
    for refund in refunds:
        before = refund.status
        refund.exchange(note=note, now=now)
        writes.update(refund, "goods", "inspection_note")
        record(writes, event, refund, before, actor=actor, now=now, rule=rule, **data)
        for line in lines[refund.pk]:
            owe_parcel(
                writes,
                order=refund.order,
                topic=refund,
                kind=ParcelKind.EXCHANGE,
                product=products.get((refund.store_id, line.line.item_id)),
                item_id=line.line.item_id,
                sku=line.line.sku,
                title=line.line.title,
                quantity=line.quantity,
                rules=refund.rules,
                actor=actor,
                now=now,
                goods_are_back=True,
            )
