"""What an agent does for the buyer of an order: another address before it ships (K3), a coupon by hand (K7)."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.coupons import grant_coupon
from offers.models import Coupon, CouponGrant
from orders.events import ORDER_URGED
from orders.models import Order
from orders.saving import change_address
from orders.states import OrderStatus
from stores.models import User
from stores.permissions import EDIT_COUPONS, EDIT_ORDERS, can, require
from workbench.kit.base import attempt, by, put_on_form, show_refusal
from workbench.kit.forms import DeskForm, posted
from workbench.kit.order_card import may_readdress

MOST_OFFERED = 50


class AddressForm(DeskForm):
    """Where the order goes instead."""

    address = forms.CharField(
        label=gettext_lazy("New delivery address"),
        max_length=Order._meta.get_field("address").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": 300}),
        help_text=gettext_lazy("With the receiver's name and phone, if they change too."),
    )


class CouponChoice(forms.ModelChoiceField):
    """A coupon with what it is worth and how many are left."""

    def label_from_instance(self, coupon: Coupon) -> str:
        """`Thanks (¥5.00 off) · 3 left`."""
        return _("%(coupon)s · %(left)d left") % {"coupon": coupon, "left": coupon.quantity - coupon.granted}


class GrantForm(DeskForm):
    """Which coupon the buyer gets: of those that can be given by hand now and that this order hasn't brought yet."""

    coupon = CouponChoice(Coupon.objects.none(), label=gettext_lazy("Coupon"), empty_label=None)

    def __init__(self, *args, order: Order, now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        coupons = Coupon.objects.for_store(order.store_id)
        had = CouponGrant.objects.for_store(order.store_id).filter(order=order).values("coupon")
        offered = coupons.grantable(now).exclude(pk__in=had).as_buyer_sees()[:MOST_OFFERED]
        self.offered = list(offered)
        # Bound to all of the store's coupons: what ran out since the page was shown is refused with its reason.
        self.fields["coupon"].queryset = coupons
        self.fields["coupon"].choices = [
            (coupon.pk, self.fields["coupon"].label_from_instance(coupon)) for coupon in self.offered
        ]


def saving_of(order: Order, user: User, now: datetime) -> dict:
    """What the order's page shows of it: the address form, the coupons that can be given and those that were."""
    order.shown_tags = order.tags(order.store, now)
    grants = CouponGrant.objects.for_store(order.store_id).filter(order=order).select_related("coupon").order_by("-id")
    return {
        "shows_urges": order.store.smart_customer_service and order.urges > 0,
        "may_readdress": may_readdress(order, user),
        "grants": list(grants),
        "grant_form": GrantForm(order=order, now=now) if can(user, EDIT_COUPONS, order.store_id) else None,
    }


def hidden_events(order: Order) -> tuple[str, ...]:
    """What stays out of the order's timeline: urges, in a store that doesn't see them (K5)."""
    return () if order.store.smart_customer_service else (ORDER_URGED.name,)


class SavingMixin:
    """The views behind the cards of an order's page."""

    def get_urls(self):
        """The forms' addresses, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("<uuid:object_id>/address/", view(self.address_view), name="orders_order_address"),
            path("<uuid:object_id>/grant/", view(self.grant_view), name="orders_order_grant"),
            *super().get_urls(),
        ]

    def address_view(self, request: HttpRequest, object_id):
        """Write the new address (GET), see both (POST), confirm (POST confirmed) or go back and edit (POST edit)."""
        order = self.find(request, object_id)
        require(request.user, EDIT_ORDERS, order.store_id)
        form = AddressForm(posted(request), initial={"address": order.address})
        step = request.POST.get("step", "")
        if request.method == "POST" and step != "edit" and form.is_valid():
            address = form.cleaned_data["address"]
            if step != "confirmed" and address != order.address and order.status == OrderStatus.UNSHIPPED:
                return self._address_page(request, order, form, new_address=address)
            return self._change_address(request, order, address)
        return self._address_page(request, order, form)

    def _change_address(self, request, order: Order, address: str):
        refusal = attempt(
            lambda: change_address(
                store_id=order.store_id,
                number=order.number,
                address=address,
                **by(request),
            )
        )
        if refusal is not None:
            show_refusal(request, refusal)
        elif address == order.address:
            messages.info(request, _("The order has this address already."))
        else:
            messages.success(request, _("The order goes to the new address."))
        return _back_to(order)

    def _address_page(self, request, order: Order, form: AddressForm, new_address: str = ""):
        return self.page(
            request,
            "workbench/shipping/orders/address.html",
            _("Change the address"),
            order=order,
            form=form,
            new_address=new_address,
        )

    def grant_view(self, request: HttpRequest, object_id):
        """Give the chosen coupon to the buyer; a GET leads back to the order."""
        order = self.find(request, object_id)
        require(request.user, EDIT_COUPONS, order.store_id)
        form = GrantForm(posted(request), order=order, now=request.now)
        if request.method != "POST":
            return _back_to(order)
        if form.is_valid():
            coupon = form.cleaned_data["coupon"]
            refusal = attempt(
                lambda: grant_coupon(
                    store_id=order.store_id,
                    coupon_id=coupon.pk,
                    order_number=order.number,
                    **by(request),
                )
            )
            if refusal is None:
                messages.success(
                    request, _("%(buyer)s has got “%(coupon)s”.") % {"buyer": order.buyer_name, "coupon": coupon.name}
                )
                return _back_to(order, "#coupons")
            put_on_form(form, refusal)
        for errors in form.errors.values():
            messages.error(request, " ".join(errors))
        return _back_to(order, "#coupons")


def _back_to(order: Order, anchor: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]) + anchor)
