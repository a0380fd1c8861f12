"""Store coupons for the next purchase (Q13, Q14)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from common.errors import Invalid, Refused
from common.money import ZERO
from common.sentences import sentence as _
from offers.coupons import grant_coupons, shown_of
from offers.methods.base import BuyerConcern, register
from offers.methods.retention import RetentionMethod
from offers.models import Coupon


@register
class CouponMethod(RetentionMethod):
    """The buyer sees at most ten, in the order of Q14, and gets what was shown."""

    code = "coupon"
    label = gettext_lazy("Coupon")
    icon = "confirmation_number"
    order = 20
    scripts = (gettext_lazy("Please take a coupon, with our apologies."),)
    suits = frozenset({BuyerConcern.LOGISTICS, BuyerConcern.FLAW})
    gives_coupons = True
    usual_worth = Decimal("0.05")

    def lacks(self, situation):
        """The store needs a coupon on the right channel (Q13)."""
        if not situation.has_coupons:
            return Refused(
                "method_not_available",
                _("Create a coupon on the channel “Platform smart recommended retention” first."),
                "method",
            )
        return None

    def check(self, situation, terms):
        """At least one coupon."""
        if not terms.coupons:
            raise Invalid("coupons", _("Choose at least one coupon."), "required")

    def limits(self, situation):
        """How many coupons the buyer sees."""
        return {**super().limits(situation), "coupons": True, "coupons_shown": situation.refund.rules.coupons_shown}

    def limit_words(self, situation):
        """How many the buyer sees (Q14)."""
        return [_("the buyer sees up to %(most)d coupons") % {"most": situation.refund.rules.coupons_shown}]

    def after_yes(self, offer):
        """Where the coupons are."""
        return [*super().after_yes(offer), _("Your coupons are below; they hold for your next purchase in this store.")]

    def brings(self, offer):
        """The grant."""
        return [*super().brings(offer), _("The buyer gets the coupons at once.")]

    def cost(self, offer, coupons):
        """Every coupon that the buyer sees, used."""
        return sum((coupon.amount_off for coupon in coupons), ZERO)

    def least_cost(self, situation):
        """The smallest coupon."""
        return situation.smallest_coupon

    def unasked_terms(self, situation):
        """The coupon that buyers would see first, of those that the actor may give."""
        usable = Coupon.objects.for_store(situation.refund.store_id).usable(situation.now)
        if situation.offer_ceiling is not None:
            usable = usable.filter(amount_off__lte=situation.offer_ceiling)
        best = usable.as_buyer_sees().first()
        return {"coupon_ids": [best.pk]} if best else None

    def why(self, situation):
        return _("Paid only when the buyer comes back.")

    def buyer_sees(self, refund, terms):
        return _("Keep your order and receive: %(coupons)s.") % {"coupons": shown_of(terms.coupons, refund)}

    def accept(self, writes, offer, *, actor, now):
        """Withdraw the refund and grant the coupons: all of them or nothing."""
        super().accept(writes, offer, actor=actor, now=now)
        grant_coupons(writes, offer, actor=actor, now=now)
