"""Making and granting coupons, and which of them an offer shows (K7, Q13, Q14)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, NotFound, Refused, refuse_if
from common.sentences import sentence as _
from common.writes import WriteSet
from offers.events import COUPON_GRANTED, COUPON_MADE
from offers.models import Coupon, CouponGrant, Offer, OfferCoupon
from offers.registry import METHODS
from offers.states import BY_HAND, CouponChannel
from orders.actions import lock_order
from orders.why_not import why_erased
from refunds.models import Refund
from stores.ceilings import Ceiling, why_above_ceiling
from stores.models import Store


def why_no_validity(begins: date | datetime, ends: date | datetime) -> Invalid | None:
    """Why a coupon can't hold from one instant or day to the end, which is no part of it: it would never be valid."""
    return None if begins < ends else Invalid("valid_until", _("The coupon must end after it begins."))


@action
def create_coupon(
    *,
    store: Store,
    name: str,
    channel: str,
    amount_off: Decimal,
    min_spend: Decimal,
    valid_from: datetime,
    valid_until: datetime,
    quantity: int,
    actor: Actor,
    now: datetime,
) -> Coupon:
    """Make a coupon template. Invalid for an empty validity or a discount above its own threshold."""
    refuse_if(why_no_validity(valid_from, valid_until))
    if min_spend and amount_off > min_spend:
        raise Invalid("min_spend", _("The threshold must be at least the discount, or zero."))
    facts = {
        "channel": channel,
        "amount_off": amount_off,
        "min_spend": min_spend,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "quantity": quantity,
    }
    coupon = Coupon(store=store, name=name, **facts)
    writes = WriteSet()
    writes.insert(coupon)
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}
    writes.event(COUPON_MADE, coupon, topic=coupon, at=now, actor=actor, coupon=name, **told)
    writes.flush()
    return coupon


def why_not_promise(coupon: Coupon, now: datetime) -> Refused | None:
    """Why retention can't promise this coupon now: another channel first, then what is over or used up (Q13)."""
    if coupon.channel != CouponChannel.SMART_RETENTION:
        return Refused(
            "coupon_channel_not_recognised",
            _("“%(name)s” is on the channel “%(channel)s”. Create it on the channel “%(right)s”.")
            % {
                "name": coupon.name,
                "channel": CouponChannel(coupon.channel).label,
                "right": CouponChannel.SMART_RETENTION.label,
            },
            "coupons",
        )
    return _why_unavailable(coupon, now, "coupons")


def why_not_grant(coupon: Coupon, now: datetime, *, was_granted: bool) -> Refused | None:
    """Why this coupon can't be given by hand to an order's buyer now (K7).

    `was_granted`: the order has brought it to them before.
    """
    if coupon.channel not in BY_HAND:
        return Refused(
            "coupon_channel_not_recognised",
            _(
                "“%(name)s” is on the channel “%(channel)s”, which only accepted offers give from. "
                "Choose one on “%(right)s”."
            )
            % {
                "name": coupon.name,
                "channel": CouponChannel(coupon.channel).label,
                "right": CouponChannel.GENERAL.label,
            },
            "coupon",
        )
    if was_granted:
        return Refused(
            "coupon_already_granted",
            _("The buyer got “%(name)s” for this order before; choose another.") % {"name": coupon.name},
            "coupon",
        )
    return _why_unavailable(coupon, now, "coupon")


def _why_unavailable(coupon: Coupon, now: datetime, attr: str) -> Refused | None:
    if coupon.is_available(now):
        return None
    if now >= coupon.valid_until:
        text = _("“%(name)s” is over; choose another.")
    elif now < coupon.valid_from:
        text = _("“%(name)s” isn't valid yet; choose another.")
    else:
        text = _("“%(name)s” is used up; choose another.")
    return Refused("coupon_not_available", text % {"name": coupon.name}, attr)


def find_coupons(*, store_id: int, ids: Sequence[UUID], now: datetime) -> list[Coupon]:
    """The store's coupons with these ids, as the buyer will see them ordered. NotFound for any that is missing.

    Refused as `why_not_promise` says for the first of them that can't be promised.
    """
    wanted = set(ids)
    coupons = list(Coupon.objects.for_store(store_id).filter(pk__in=wanted).as_buyer_sees())
    if len(coupons) != len(wanted):
        raise NotFound("coupons")
    for coupon in coupons:
        refuse_if(why_not_promise(coupon, now))
    return coupons


def coupons_of(offer: Offer) -> list[Coupon]:
    """What the buyer of the offer sees: at most ten, in the order of Q14. Nothing for an offer of something else."""
    if not METHODS[offer.method].gives_coupons:
        return []
    named = OfferCoupon.objects.for_store(offer.store_id).filter(offer=offer).values("coupon")
    shown = Coupon.objects.for_store(offer.store_id).filter(pk__in=named).as_buyer_sees()
    return shown_of(shown, offer.refund)


def shown_of(coupons: Sequence[Coupon], refund: Refund) -> list[Coupon]:
    """Those that the buyer sees of the coupons that an offer names, which come as the buyer sees them (Q14)."""
    return list(coupons[: refund.rules.coupons_shown])


def promise_coupons(writes: WriteSet, offer: Offer, coupons: Sequence[Coupon], *, now: datetime) -> None:
    """Name these coupons in a new offer, and keep one of each that the buyer sees until the offer ends (Q13).

    They are locked last, in the order of their ids. Refused as `why_not_promise` says.
    """
    shown = {coupon.pk for coupon in shown_of(coupons, offer.refund)}
    for coupon in coupons:
        named = OfferCoupon(store_id=offer.store_id, offer=offer, coupon=coupon, is_reserved=coupon.pk in shown)
        writes.insert(named)
    for coupon in _lock(Coupon.objects.for_store(offer.store_id), shown):
        refuse_if(why_not_promise(coupon, now))
        coupon.reserved += 1
        writes.update(coupon, "reserved")


def free_coupons(writes: WriteSet, offers: Sequence[Offer]) -> None:
    """What these locked offers had promised, which end without a yes, is there for others again."""
    ids = [offer.pk for offer in offers if METHODS[offer.method].gives_coupons]
    if not ids:
        return
    promised = list(OfferCoupon.objects.in_scope().filter(offer__in=ids, is_reserved=True))
    counts = Counter(each.coupon_id for each in promised)
    for coupon in _lock(Coupon.objects.in_scope(), counts):
        coupon.reserved -= counts[coupon.pk]
        writes.update(coupon, "reserved")
    for each in promised:
        each.is_reserved = False
        writes.update(each, "is_reserved")


def _lock(coupons: QuerySet[Coupon], ids: Iterable[UUID]) -> QuerySet[Coupon]:
    return coupons.filter(pk__in=list(ids)).order_by("pk").select_for_update(no_key=True)


def grant_coupons(writes: WriteSet, offer: Offer, *, actor: Actor, now: datetime) -> None:
    """Grant what was promised: the offer kept one of each until now, so that none is used up, and none is over."""
    promised = {
        each.coupon_id: each
        for each in OfferCoupon.objects.for_store(offer.store_id).filter(offer=offer, is_reserved=True)
    }
    for coupon in _lock(Coupon.objects.for_store(offer.store_id), promised):
        promised[coupon.pk].is_reserved = False
        writes.update(promised[coupon.pk], "is_reserved")
        coupon.reserved -= 1
        coupon.granted += 1
        writes.update(coupon, "granted", "reserved")
        grant = CouponGrant(
            store_id=offer.store_id,
            coupon=coupon,
            order_id=offer.refund.order_id,
            offer=offer,
            buyer_id=offer.refund.order.buyer_id,
            granted_at=now,
        )
        writes.insert(grant)
        writes.event(COUPON_GRANTED, grant, topic=offer.refund, at=now, actor=actor, rule="Q13", coupon=coupon.name)


@action
def grant_coupon(
    *, store_id: int, coupon_id: UUID | str, order_number: str, actor: Actor, now: datetime
) -> CouponGrant:
    """Give a coupon to the buyer of an order by hand, each coupon once per order (K7).

    The order is locked first, the coupon last. NotFound for an unknown coupon or order, Refused as
    `why_not_grant` says, or `above_ceiling`.
    """
    order = lock_order(store_id=store_id, number=order_number)
    coupons = Coupon.objects.for_store(store_id).select_related("store").filter(pk=coupon_id)
    coupon = coupons.select_for_update(of=("self",), no_key=True).first()
    if coupon is None:
        raise NotFound
    was_granted = CouponGrant.objects.for_store(store_id).filter(order=order, coupon=coupon).exists()
    refuse_if(why_erased(order) or why_not_grant(coupon, now, was_granted=was_granted))
    refuse_if(why_above_ceiling(coupon.store, Ceiling.OFFER, coupon.amount_off, actor))
    coupon.granted += 1
    grant = CouponGrant(
        store_id=store_id,
        coupon=coupon,
        order=order,
        buyer_id=order.buyer_id,
        granted_by=actor.label,
        granted_at=now,
    )
    writes = WriteSet()
    writes.update(coupon, "granted")
    writes.insert(grant)
    writes.event(COUPON_GRANTED, grant, topic=order, at=now, actor=actor, rule="K7", coupon=coupon.name)
    writes.flush()
    return grant
