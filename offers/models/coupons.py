"""Coupons: templates of a store, and what buyers were granted of them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.changed import Traced
from common.ids import new_id
from common.money import ZERO, MoneyField, grouped
from common.sentences import sentence
from common.tenancy import TenantModel, TenantQuerySet
from offers.models.offers import Offer
from offers.states import BY_HAND, CouponChannel
from orders.models import Order


class CouponQuerySet(TenantQuerySet):
    """Coupons by whether they can be given now, and in the order in which buyers see them."""

    def available(self, now):
        """Coupons that `is_available` says yes to."""
        return self.filter(valid_from__lte=now, valid_until__gt=now, quantity__gt=F("granted") + F("reserved"))

    def grantable(self, now):
        """Coupons that can be given to the buyer of an order by hand now (K7)."""
        return self.available(now).filter(channel__in=BY_HAND)

    def usable(self, now):
        """Coupons that can be granted in retention now (Q13)."""
        return self.available(now).filter(channel=CouponChannel.SMART_RETENTION)

    def as_buyer_sees(self):
        """Larger discount first, then the lower threshold, then the sooner expiry (Q14)."""
        return self.order_by("-amount_off", "min_spend", "valid_until", "id")


class Coupon(Traced, TenantModel):
    """A store's coupon: `amount_off` yuan from `min_spend` yuan on.

    `reserved` are promised by offers that wait for their answer; with those that are `granted` they never exceed
    `quantity`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=100)
    channel = models.CharField(_("channel"), max_length=20, choices=CouponChannel.choices)
    amount_off = MoneyField(verbose_name=_("amount off"))
    min_spend = MoneyField(verbose_name=_("from a purchase of"), default=ZERO)
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"))
    quantity = models.PositiveIntegerField(_("quantity"))
    granted = models.PositiveIntegerField(_("granted"), default=0, editable=False)
    reserved = models.PositiveIntegerField(_("promised"), default=0, db_default=0, editable=False)

    objects = CouponQuerySet.as_manager()

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints = [
            models.CheckConstraint(condition=Q(amount_off__gt=0), name="coupon_amount_positive"),
            models.CheckConstraint(condition=Q(min_spend__gte=0), name="coupon_threshold_not_negative"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="coupon_validity"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("granted") + F("reserved")), name="coupon_promised_within_quantity"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "updated_at"], name="coupon_changed"),
            models.Index(fields=["store", "-id"], name="coupon_newest"),
            models.Index(fields=["store", "channel", "valid_until"], name="coupon_usable"),
        ]

    def __str__(self) -> str:
        terms = {"name": self.name, "off": grouped(self.amount_off), "spend": grouped(self.min_spend)}
        if self.min_spend:
            return sentence("%(name)s (¥%(off)s off from ¥%(spend)s)") % terms
        return sentence("%(name)s (¥%(off)s off)") % terms

    def is_available(self, now) -> bool:
        """Whether it is valid at this instant and some are left."""
        return self.valid_from <= now < self.valid_until and self.left > 0

    @property
    def left(self) -> int:
        """How many can still be promised or granted."""
        return self.quantity - self.granted - self.reserved


class OfferCoupon(TenantModel):
    """A coupon that an offer names; `is_reserved` while it is promised and the buyer hasn't answered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_reserved = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "coupon"], name="offer_coupon_once")]

    def __str__(self) -> str:
        return str(self.coupon_id)


class CouponGrant(TenantModel):
    """A coupon in a buyer's hands: from an accepted offer, or (without one) given by hand for an order (K7).

    One that was granted for keeping its order may have `ended_at` the order's full refund (offers.kept_coupons).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    buyer_id = models.CharField(_("buyer id"), max_length=64)
    granted_by = models.CharField(_("granted by"), max_length=150, blank=True, default="", db_default="")
    granted_at = models.DateTimeField(_("granted"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("granted coupon")
        verbose_name_plural = _("granted coupons")
        constraints = [
            models.UniqueConstraint(fields=["offer", "coupon"], name="coupon_granted_once_per_offer"),
            models.UniqueConstraint(
                fields=["order", "coupon"], condition=Q(offer__isnull=True), name="coupon_granted_once_per_order"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "buyer_id"], name="coupon_grant_of_buyer"),
            models.Index(fields=["store", "order", "-id"], name="coupon_grant_of_order"),
            models.Index(fields=["store", "coupon", "-id"], name="coupon_grant_of_coupon"),
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} → {self.buyer_id}"
