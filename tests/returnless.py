"""A store in the programme of refunds without return: what its tests share."""

from common.models import Event
from payments.models import Transfer
from tests.world import NOON, make_shop

STEPS = {
    "agreement_version": "3.0",
    "budget": "500.00",
    "auto_top_up": {"on": False, "threshold": "0.00", "amount": "0.00"},
    "products": ["8000"],
}


def join(shop, session="L1", **settings):
    """Do every step, confirm, and start a live session."""
    assert shop.merchant.put("returnless/", {**STEPS, **settings}).status_code == 200
    answer = shop.merchant.post("returnless/enrol/")
    assert answer.status_code == 200, answer.content
    if session:
        assert shop.buyer.post("returnless/live-sessions/", {"live_session": session}).status_code == 201
    return shop


def place(shop, number, *items, ship=True, paid_at=NOON, price="59.00", **head):
    """The marketplace places an order of these items (8000), and it is shipped; returns the lines' programmes."""
    body = {
        "number": number,
        "buyer": {"id": head.pop("buyer_id", "b1"), "name": "李佳怡"},
        "paid_at": paid_at.isoformat(),
        "address": "成都市武侯区",
        "lines": [{"item_id": item, "quantity": 1, "unit_price": price} for item in items or ("8000",)],
        **head,
    }
    answer = shop.buyer.post("orders/", body)
    assert answer.status_code in (200, 201), answer.content
    if ship:
        shop.merchant.post(f"orders/{number}/ship/", {"carrier": "SF", "tracking_number": "SF1"})
    return [line["programme"] for line in answer.json()["lines"]]


def ask(shop, number, amount="59.00", **body):
    """The buyer asks for a refund only."""
    body = {"order": number, "kind": "refund_only", "reason": "quality", "amount": amount, **body}
    answer = shop.buyer.post("refunds/", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def state(shop):
    return shop.merchant.get("returnless/").json()


def budget(shop):
    return tuple(state(shop)["budget"].values())


def accounts(shop, refund_id):
    """From which account the refund was paid, and in which phase that is."""
    with shop.scope():
        rows = Transfer.objects.filter(topic_id=refund_id).select_related("debit_account").order_by("id")
        return [(row.debit_account.kind, row.phase) for row in rows]


def events(shop, name):
    with shop.scope():
        return list(Event.objects.for_store(shop.store.pk).filter(name=name).order_by("id"))


def open_shop():
    """A Kuaishou store with two products of its own and one of the distribution library."""
    shop = make_shop("kuaishou")
    for item_id, source in (("8000", "own"), ("8001", "own"), ("8002", "distribution")):
        body = {"item_id": item_id, "title": f"Quilt {item_id}", "price": "59.00", "source": source}
        assert shop.merchant.post("products/", body).status_code == 201
    return shop
