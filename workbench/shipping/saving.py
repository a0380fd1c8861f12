"""What an agent does for the buyer of an order: a coupon by hand (K7), and what was done before."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.cautions import cautions_of_grant
from offers.coupons import grant_coupon
from offers.models import Coupon, CouponGrant
from orders.events import ORDER_URGED
from orders.models import Order
from stores.permissions import EDIT_COUPONS
from workbench.kit.decisions import Decision, DecisionForm

MOST_OFFERED = 50


class CouponChoice(forms.ModelChoiceField):
    """A coupon with what it is worth and how many are left."""

    def label_from_instance(self, coupon: Coupon) -> str:
        """`Thanks (¥5.00 off) · 3 left`."""
        return _("%(coupon)s · %(left)d left") % {"coupon": coupon, "left": coupon.left}


class GrantForm(DecisionForm):
    """Which coupon the buyer gets: of those that can be given by hand now and that this order hasn't brought yet."""

    coupon = CouponChoice(Coupon.objects.none(), label=gettext_lazy("Coupon"), empty_label=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        order, now = self.row, self.now
        coupons = Coupon.objects.for_store(order.store_id)
        had = CouponGrant.objects.for_store(order.store_id).filter(order=order).values("coupon")
        offered = coupons.grantable(now).exclude(pk__in=had).as_buyer_sees()[:MOST_OFFERED]
        self.offered = list(offered)
        # Bound to all of the store's coupons: what ran out since the page was shown is refused with its reason.
        self.fields["coupon"].queryset = coupons
        self.fields["coupon"].choices = [
            (coupon.pk, self.fields["coupon"].label_from_instance(coupon)) for coupon in self.offered
        ]


class GrantCoupon(Decision):
    """Give a coupon to the order's buyer (K7)."""

    code, label, icon, tone = "grant", gettext_lazy("Give the coupon"), "confirmation_number", "accent"
    capability, form = EDIT_COUPONS, GrantForm
    is_inline, anchor = True, "#coupons"

    def refusal(self, order, now):
        """Which coupon can't be given, the action says of each; the form offers those that can."""
        return None

    def run(self, order, data, *, actor, now):
        coupon_id, number = data["coupon"].pk, order.number
        return grant_coupon(store_id=order.store_id, coupon_id=coupon_id, order_number=number, actor=actor, now=now)

    def cautions(self, order, data, grant):
        """What the order's coupons cost together (K12)."""
        return [caution.detail for caution in cautions_of_grant(grant, grant.granted_at)]

    def told(self, order, data):
        """Who has got what."""
        return _("%(buyer)s has got “%(coupon)s”.") % {"buyer": order.buyer_name, "coupon": data["coupon"].name}


def saving_of(order: Order, now: datetime) -> dict:
    """What the order's page shows of it: its tags, its urges, and the coupons that were given."""
    order.shown_tags = order.tags(order.store, now)
    grants = CouponGrant.objects.for_store(order.store_id).filter(order=order).select_related("coupon").order_by("-id")
    return {
        "shows_urges": order.store.smart_customer_service and order.urges > 0,
        "grants": list(grants),
    }


def hidden_events(order: Order) -> tuple[str, ...]:
    """What stays out of the order's timeline: urges, in a store that doesn't see them (K5)."""
    return () if order.store.smart_customer_service else (ORDER_URGED.name,)
