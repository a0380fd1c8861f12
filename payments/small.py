"""Small payments: a few yuan to the buyer of an order that settle a quarrel, within limits (K8–K11).

They stand beside refunds: nothing is claimed of what the order was paid. Locks: order, then (what is written) payment and
transfer, then the day's allowance.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.calendar import clock_face, day_of, end_of_day, next_midnight
from common.errors import Invalid, NotFound, Refused
from common.money import ZERO
from common.writes import WriteSet
from orders.actions import lock_order
from orders.models import Order
from payments.actions import reserve_payment
from payments.allowances import Limits, draw, limits_of, used_on
from payments.models import Payment
from payments.signals import topic_asked
from payments.states import SMALL_PURPOSES
from stores.models import Store


@dataclass(frozen=True)
class Allowance:
    """What may still be sent about an order now. Yuan; `day_left` and `order_left` are never below zero."""

    limits: Limits
    order_used: int
    day: date
    day_used: Decimal
    resets_at: datetime
    usable_until: datetime

    @property
    def order_left(self) -> int:
        """Payments that this order may still have."""
        return max(0, self.limits.per_order - self.order_used)

    @property
    def day_left(self) -> Decimal:
        """Yuan that the store may still send today."""
        return max(ZERO, self.limits.per_day - self.day_used)


def allowance_of(order: Order, store: Store, now: datetime) -> Allowance:
    """What is left for this order of its store, before anything is sent."""
    day = day_of(now, store.time_zone)
    return Allowance(
        limits=limits_of(store),
        order_used=order.small_payments,
        day=day,
        day_used=used_on(store.pk, day),
        resets_at=next_midnight(now, store.time_zone),
        usable_until=usable_until(order, store),
    )


def usable_until(order: Order, store: Store) -> datetime:
    """The instant at which the order's time for small payments is over: the end of the last day of its window (K8).

    Reading: days are the store's calendar days; the day after the payment is the first and the 365th belongs to them.
    """
    last_day = day_of(order.paid_at, store.time_zone) + store.rules.payment_window
    return end_of_day(last_day, store.time_zone)


@action
def send_small_payment(
    *,
    store: Store,
    order_number: str,
    amount: Decimal,
    purpose: str,
    actor: Actor,
    now: datetime,
    note: str = "",
    refund_id: UUID | str | None = None,
    order_used: int | None = None,
) -> Payment:
    """Pay the buyer of an order `amount` yuan, above zero, for one of SMALL_PURPOSES (K11); a worker sends it.

    `order_used` is how many small payments the sender saw on the order, if they saw any count: Refused `invalid_transition`
    when another was sent or has failed since. With `refund_id` it is told in that refund's history; Invalid `refund` when the order has no such refund. Refused
    `payment_window_closed` (K8), `payment_above_limit`, `order_payment_count_reached` (K9), `store_day_limit_reached` (K10).
    """
    if purpose not in SMALL_PURPOSES:
        raise Invalid("purpose", _("Choose what the payment is for."), "invalid_choice")
    if amount <= ZERO:
        raise Invalid("amount", _("The amount must be above zero."))
    order = lock_order(store_id=store.pk, number=order_number)
    topic = _topic(order, refund_id)
    if order_used not in (None, order.small_payments):
        raise Refused(
            "invalid_transition", _("This order's payments have changed meanwhile; look again before you send.")
        )
    limits = limits_of(store)
    _check(order, store, limits, amount, now)
    day = day_of(now, store.time_zone)
    writes = WriteSet()
    order.small_payments += 1
    writes.update(order, "small_payments")
    payment = reserve_payment(
        writes,
        order=order,
        topic=topic,
        purpose=purpose,
        amount=amount,
        actor=actor,
        now=now,
        rule="K11",
        note=note,
        allowance_date=day,
    )
    writes.flush()
    if not draw(store_id=store.pk, day=day, amount=amount, limit=limits.per_day):
        _refuse_day(store, limits, day)
    return payment


def _topic(order: Order, refund_id: UUID | str | None):
    """What the payment is about: the order, or the named refund of it, which the room above knows."""
    if refund_id is None:
        return order
    for _receiver, topic in topic_asked.send(sender=Payment, order=order, topic_id=refund_id):
        if topic is not None:
            return topic
    raise NotFound("refund")


def _check(order: Order, store: Store, limits: Limits, amount: Decimal, now: datetime) -> None:
    until = usable_until(order, store)
    if now >= until:
        raise Refused(
            "payment_window_closed",
            _("Small payments for this order were possible until %(until)s; it was paid too long ago.")
            % {"until": clock_face(until, store.time_zone)},
        )
    if amount > limits.per_payment:
        raise Refused(
            "payment_above_limit",
            _("At most %(most)s yuan per payment; send less.") % {"most": limits.per_payment},
            "amount",
        )
    if order.small_payments >= limits.per_order:
        raise Refused(
            "order_payment_count_reached",
            _("This order has had its %(count)d small payments; no more are possible unless one fails.")
            % {"count": limits.per_order},
        )


def _refuse_day(store: Store, limits: Limits, day: date) -> None:
    left = max(ZERO, limits.per_day - used_on(store.pk, day))
    resets_at = end_of_day(day, store.time_zone)
    raise Refused(
        "store_day_limit_reached",
        _("The store has %(left)s yuan left of today's %(limit)s; send less, or wait until %(resets)s.")
        % {"left": left, "limit": limits.per_day, "resets": clock_face(resets_at, store.time_zone)},
        "amount",
    )
