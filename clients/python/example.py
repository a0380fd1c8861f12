"""The main job: an order, a refund of a part, and the merchant's yes. Prints what it saw as JSON.

python example.py ADDRESS STORE ITEM, with the keys in MARKETPLACE_KEY and STORE_KEY
"""

import datetime as dt
import json
import os
import sys

from wanliu_client import AuthenticatedClient
from wanliu_client.api.orders import orders_create
from wanliu_client.api.refunds import refunds_approve_create, refunds_create, refunds_list, refunds_reject_create
from wanliu_client.models import (
    ApproveRequest,
    BuyerRequest,
    Errors,
    OpenRefundRequest,
    OrderLineRequest,
    PlaceOrderRequest,
    ReasonEnum,
    RefundKindEnum,
    RejectRequest,
)

address, store, item = sys.argv[1:]
marketplace = AuthenticatedClient(base_url=address, token=os.environ["MARKETPLACE_KEY"])
merchant = AuthenticatedClient(base_url=address, token=os.environ["STORE_KEY"])


def given(answer):
    """What was answered, if it is no error."""
    if answer is None or isinstance(answer, Errors):
        raise SystemExit(str(answer))
    return answer


order = PlaceOrderRequest(
    store=store,
    number="PY-1",
    paid_at=dt.datetime.fromisoformat("2026-11-20T10:00:00+08:00"),
    buyer=BuyerRequest(id="b1", name="Li"),
    address="文三路 1 号",
    lines=[OrderLineRequest(item_id=item, quantity=2, unit_price="50.00", discount="10.00")],
    shipping_fee="6.00",
)
placed = given(orders_create.sync(client=marketplace, body=order, idempotency_key="order-PY-1"))
wanted = OpenRefundRequest(
    store=store,
    order=placed.number,
    kind=RefundKindEnum.REFUND_ONLY,
    reason=ReasonEnum.CHANGED_MIND,
    amount="40.00",
)
refund = given(refunds_create.sync(client=marketplace, body=wanted))
approved = given(refunds_approve_create.sync(refund.id, client=merchant, body=ApproveRequest()))
listed = given(refunds_list.sync(client=merchant, order=placed.number))
refused = refunds_reject_create.sync(refund.id, client=merchant, body=RejectRequest(reason="too late"))

print(
    json.dumps(
        {
            "paid": placed.paid_amount,
            "status": approved.status,
            "listed": [each.amount for each in listed.results],
            "refused": [each.code for each in refused.errors],
        }
    )
)
