"""Things that rules are asked about, as they would be loaded: model objects that no database has seen."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from common.ids import new_id
from offers.models import Coupon, Offer
from offers.situation import Situation
from offers.states import CouponChannel, OfferStatus
from orders.models import Order, OrderLine
from payments.models import Payment
from payments.states import PaymentPurpose, PaymentStatus
from refunds.models import Refund, RefundLine
from refunds.states import DueAction, RefundKind, RefundReason
from stores.marketplaces import current_rules
from stores.models import Store
from tests.world import NOON

BEDDING = "50008163"


def a_store(marketplace: str = "taote", **fields) -> Store:
    """A store; one of Tmall is on Tmall proper."""
    site = "tmall" if marketplace == "tmall" else ""
    return Store(**{"pk": 1, "code": "s", "name": "S", "marketplace": marketplace, "site": site, **fields})


def a_line(price: str = "59.00", quantity: int = 1, **fields) -> OrderLine:
    """A line of an order; `an_order` makes it its own."""
    given = {"item_id": "8000", "title": "Quilt", "category": BEDDING, "unit_price": Decimal(price), **fields}
    return OrderLine(id=new_id(), store_id=1, quantity=quantity, **given)


def an_order(*lines: OrderLine, store: Store | None = None, status: str = "shipped", **fields) -> Order:
    """An order paid a day before noon, with these lines or one of ¥59.00; it claims what its lines do."""
    lines = lines or (a_line(),)
    order = Order(
        **{
            "id": new_id(),
            "store": store or a_store(),
            "number": "N1",
            "buyer_id": "b1",
            "buyer_name": "王小明",
            "paid_at": NOON - timedelta(days=1),
            "ship_by": NOON + timedelta(days=1),
            "shipped_at": None if status == "unshipped" else NOON - timedelta(hours=2),
            "delivered_at": NOON - timedelta(hours=1) if status == "delivered" else None,
            "paid_amount": sum(line.paid_amount for line in lines),
            "claimed_amount": sum(line.claimed_amount for line in lines),
            "status": status,
            **fields,
        }
    )
    order.own_lines = list(lines)
    for line in lines:
        line.order = order
    return order


def a_refund(
    order: Order | None = None,
    *,
    kind: str = RefundKind.RETURN_AND_REFUND,
    reason: str = RefundReason.CHANGED_MIND,
    amount: str | None = None,
    pieces: Sequence[int] | None = None,
    now: datetime = NOON,
    **fields,
) -> Refund:
    """A refund asked for at noon, of all (or so many `pieces`) of each line; nothing is claimed for it yet."""
    order = order or an_order()
    rules = current_rules(order.store.marketplace)
    counts = [line.quantity for line in order.own_lines] if pieces is None else pieces
    refund = Refund(
        **{
            "id": new_id(),
            "store": order.store,
            "order": order,
            "kind": kind,
            "reason": reason,
            "amount": Decimal(amount) if amount else order.paid_amount,
            "due_at": now + rules.merchant_answers_within,
            "due_action": DueAction.APPROVE,
            "rules_name": rules.name,
            "rules_version": rules.version,
            "created_at": now,
            **fields,
        }
    )
    refund.own_lines = [
        RefundLine(id=new_id(), store_id=1, refund=refund, line=line, quantity=count)
        for line, count in zip(order.own_lines, counts, strict=True)
        if count
    ]
    refund.contradicted = []
    return refund


def a_situation(refund: Refund, now: datetime = NOON, **known) -> Situation:
    """The refund at an instant, with whatever `known` changes.

    By default every method is on, every category open, no offer made yet, a coupon at hand.
    """
    situation = Situation(refund, now)
    facts = {
        "available": frozenset(refund.rules.offer_methods),
        "closed_categories": frozenset(),
        "earlier": [],
        "has_coupons": True,
        **known,
    }
    vars(situation).update(facts)
    return situation


def an_offer(refund: Refund, method: str = "reassurance", status: str = OfferStatus.PENDING, **fields) -> Offer:
    """An offer sent at noon that lives for a day."""
    given = {"due_at": NOON + timedelta(hours=24), "created_at": NOON, **fields}
    return Offer(id=new_id(), store_id=1, refund=refund, method=method, status=status, **given)


def a_coupon(off: str = "5.00", *, channel: str = CouponChannel.SMART_RETENTION, **fields) -> Coupon:
    """A coupon that is valid for a day before and after noon, ten of them."""
    given = {
        "name": "Thanks",
        "valid_from": NOON - timedelta(days=1),
        "valid_until": NOON + timedelta(days=1),
        "quantity": 10,
        **fields,
    }
    return Coupon(id=new_id(), store_id=1, amount_off=Decimal(off), channel=channel, **given)


def a_payment(
    order: Order, status: str = PaymentStatus.FAILED, purpose: str = PaymentPurpose.REFUND, **fields
) -> Payment:
    """A payment to the order's buyer."""
    return Payment(
        **{
            "id": new_id(),
            "store_id": 1,
            "order": order,
            "status": status,
            "purpose": purpose,
            "amount": Decimal("59.00"),
        }
        | fields
    )


def code_of(refused) -> str | None:
    """A refusal's code; None when nothing speaks against it."""
    return refused and refused.code
