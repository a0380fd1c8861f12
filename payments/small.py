"""Small payments: a few yuan to the buyer of an order that settle a quarrel, within limits (K8–K11).

They stand beside refunds: nothing is held of what the order was paid. Locks: order, then (what is written) payment and
transfer, then the day's allowance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, Subquery, Sum
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.calendar import clock_face, day_of, end_face, end_of_day
from common.errors import Invalid, NotFound, Refused, refuse_if
from common.money import CENT, ZERO, grouped, why_no_amount
from common.queries import named_query
from common.together import read_together
from common.writes import WriteSet
from orders.actions import lock_order
from orders.models import Order
from orders.why_not import why_erased
from payments.actions import reserve_payment
from payments.allowances import Limits, draw_on_allowance, limits_of, limits_under, used_on
from payments.conflicts import rivals, rivals_of, why_in_conflict
from payments.models import Payment, PaymentTerms
from payments.signals import topic_asked
from payments.states import SMALL_PURPOSES, PaymentStatus
from stores.ceilings import Ceiling, most_at_once, why_above_ceiling
from stores.models import Store

LIMITS = ("per_payment", "per_order", "per_day")  # the columns of terms that are limits of small payments


@dataclass(frozen=True)
class Allowance:
    """What may still be sent about an order now. Yuan; `day_left` and `order_left` are never below zero.

    `day_used` is None where nobody has looked: the day's row tells when the payment is drawn from it. `rivals` are the
    payments of the order in conflict beside which nothing is paid; `order` is the one that it is about, of `store`.
    """

    limits: Limits
    order_used: int
    day: date
    day_used: Decimal | None
    resets_at: datetime
    usable_until: datetime
    time_zone: str
    rivals: Sequence[Payment] = ()
    order: Order | None = None
    store: Store | None = None

    @property
    def order_left(self) -> int:
        """Payments that this order may still have."""
        return max(0, self.limits.per_order - self.order_used)

    @property
    def day_left(self) -> Decimal:
        """Yuan that the store may still send today."""
        return max(ZERO, self.limits.per_day - (self.day_used or ZERO))


def allowance_of(
    order: Order,
    store: Store,
    now: datetime,
    *,
    looks_at_day: bool = True,
    limits: Limits | None = None,
    day_used: Decimal | None = None,
    rivals: Iterable[Payment] = (),
) -> Allowance:
    """What is left for this order of its store, before anything is sent, beside these `rivals`.

    `limits` and what is used of the day are read unless they are given.
    """
    day = store.business_day(now)
    return Allowance(
        limits=limits or limits_of(store),
        order_used=order.small_payments,
        day=day,
        day_used=used_on(store.pk, day) if looks_at_day and day_used is None else day_used,
        resets_at=store.business_day_ends(now),
        usable_until=usable_until(order, store),
        time_zone=store.time_zone,
        rivals=list(rivals),
        order=order,
        store=store,
    )


def usable_until(order: Order, store: Store) -> datetime:
    """The instant at which the order's time for small payments is over: the end of the last day of its window (K8).

    Days are the store's calendar days; the day after the payment is the first of them, and all of the last counts.
    """
    last_day = day_of(order.paid_at, store.time_zone) + store.rules.payment_window
    return end_of_day(last_day, store.time_zone)


def why_not_pay(
    allowance: Allowance, now: datetime, amount: Decimal = CENT, actor: Actor | None = None
) -> Refused | None:
    """Why `amount` yuan, or without one anything at all, can't be sent about this order now (K8–K10), by `actor`.

    `payment_in_conflict`, then `payment_window_closed`, `payment_above_limit`, `order_payment_count_reached`,
    `store_day_limit_reached` and `above_ceiling`.
    """
    limits = allowance.limits
    if allowance.order is not None and (refused := why_erased(allowance.order)) is not None:
        return refused
    if (refused := why_in_conflict(allowance.rivals)) is not None:
        return refused
    if now >= allowance.usable_until:
        return Refused(
            "payment_window_closed",
            _("Small payments for this order were possible until %(until)s; it was paid too long ago.")
            % {"until": end_face(allowance.usable_until, allowance.time_zone)},
        )
    if amount > limits.per_payment:
        return Refused(
            "payment_above_limit",
            _("At most %(most)s yuan per payment; send less.") % {"most": grouped(limits.per_payment)}
            if limits.per_payment
            else _("The platform lets this store send no small payments."),
            "amount",
        )
    if not allowance.order_left:
        return Refused(
            "order_payment_count_reached",
            _("This order has had its %(count)d small payments; no more are possible unless one fails.")
            % {"count": limits.per_order},
        )
    if allowance.day_used is not None and amount > allowance.day_left:
        return _day_is_spent(allowance)
    if allowance.store is None:
        return None
    return why_above_ceiling(allowance.store, Ceiling.PAYMENT, amount, actor)


def most_payable(allowance: Allowance, actor: Actor) -> Decimal:
    """Yuan that this actor may send at once about the order: within the limits, the day and their ceiling."""
    most = min(allowance.limits.per_payment, allowance.day_left)
    ceiling = None if allowance.store is None else most_at_once(allowance.store, Ceiling.PAYMENT, actor)
    return most if ceiling is None else min(most, ceiling)


def compensated(order: Order) -> Decimal:
    """Yuan of the order's small payments that haven't failed, beside its refunds. Reads nothing where there is none."""
    return _sent_about(order) if order.small_payments else ZERO


@read_together
def _sent_about(orders: Sequence[Order]) -> dict[UUID, Decimal]:
    small = Payment.objects.filter(store_id__in={order.store_id for order in orders}).small()
    live = small.filter(order__in=orders).exclude(status=PaymentStatus.FAILED).order_by()
    sums = dict(live.values("order").annotate(sent=Sum("amount")).values_list("order", "sent"))
    return {order.pk: sums.get(order.pk, ZERO) for order in orders}


def sent_before(payment: Payment) -> Decimal:
    """Yuan of its order's small payments before this one that haven't failed. Reads nothing where there was none."""
    if payment.order.small_payments <= 1:
        return ZERO
    small = Payment.objects.for_store(payment.store_id).small().filter(order=payment.order)
    before = small.exclude(status=PaymentStatus.FAILED).filter(pk__lt=payment.pk)
    return before.aggregate(sent=Sum("amount"))["sent"] or ZERO


def why_not_repeat(order: Order, order_used: int | None) -> Refused | None:
    """Why a payment can't go out on what its sender saw.

    Another was sent, or has failed, since they counted `order_used`.
    """
    if order_used in (None, order.small_payments):
        return None
    return Refused("invalid_transition", _("This order's payments have changed meanwhile; look again before you send."))


def _day_is_spent(allowance: Allowance) -> Refused:
    return Refused(
        "store_day_limit_reached",
        _("The store has %(left)s yuan left of today's %(limit)s; send less, or wait until %(resets)s.")
        % {
            "left": grouped(allowance.day_left),
            "limit": grouped(allowance.limits.per_day),
            "resets": clock_face(allowance.resets_at, allowance.time_zone),
        },
        "amount",
    )


@named_query
def _before_paying(store_id, order_id, topic_id):
    """The store with its own terms, and whether a payment in conflict stops one more about this topic."""
    terms = PaymentTerms.objects.for_store(store_id)
    own = {name: Subquery(terms.values(name)[:1]) for name in LIMITS}
    in_conflict = Exists(rivals(store_id, order_id, topic_id))
    return Store.objects.filter(pk=store_id).only("pk").annotate(is_in_conflict=in_conflict, **own)


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

    `order_used` is how many small payments the sender saw on the order, if they saw any count: Refused
    `invalid_transition` when another was sent or has failed since. With `refund_id` it is told in that refund's
    history; NotFound `refund` when the order has no such refund. Refused as `why_not_pay` says (K8–K10),
    or `above_ceiling`.
    """
    if purpose not in SMALL_PURPOSES:
        raise Invalid("purpose", _("Choose what the payment is for."), "invalid_choice")
    refuse_if(why_no_amount(amount))
    order = lock_order(store_id=store.pk, number=order_number)
    topic = _topic(order, refund_id)
    refuse_if(why_not_repeat(order, order_used))
    found = _before_paying.one(store_id=store.pk, order_id=order.pk, topic_id=topic.pk)
    beside = rivals_of(order, topic_id=topic.pk) if found.is_in_conflict else ()
    limits = limits_under(store.rules, PaymentTerms(**{name: getattr(found, name) for name in LIMITS}))
    allowance = allowance_of(order, store, now, looks_at_day=False, limits=limits, rivals=beside)
    refuse_if(why_not_pay(allowance, now, amount, actor))
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
        allowance_date=allowance.day,
    )
    writes.flush()
    if not draw_on_allowance(store_id=store.pk, day=allowance.day, amount=amount, limit=allowance.limits.per_day):
        raise _day_is_spent(allowance_of(order, store, now))
    return payment


def _topic(order: Order, refund_id: UUID | str | None):
    """What the payment is about: the order, or the named refund of it, which the room above knows."""
    if refund_id is None:
        return order
    for _receiver, topic in topic_asked.send(sender=Payment, order=order, topic_id=refund_id):
        if topic is not None:
            return topic
    raise NotFound("refund")
