"""Coupons: what the store can give, which of it retention recognises, and a form that leads to the right channel."""

from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.calendar import day_of, end_of_day, start_of_day
from common.money import ZERO
from offers.coupons import create_coupon, why_no_validity
from offers.eligibility import retains
from offers.models import CouponGrant
from offers.states import CouponChannel
from stores.models import Store
from stores.permissions import EDIT_COUPONS, can, require
from workbench.kit.base import DeskAdmin
from workbench.kit.decisions import DecisionForm
from workbench.kit.desk import desk_of, find_store
from workbench.kit.editing import AddingMixin, Saving, store_to_add_to
from workbench.kit.forms import CalendarField, YuanField
from workbench.kit.search import WordSearch

MOST_COUPONS = 1_000_000
USUAL_DAYS = 30
GRANTS_SHOWN = 50

CHANNEL_WORDS = {
    CouponChannel.SMART_RETENTION: gettext_lazy(
        "The only channel that retention recognises: agents can offer this coupon."
    ),
    CouponChannel.REFUND_RETENTION: gettext_lazy(
        "Retention does not recognise it: agents can't offer this coupon, but give it to the buyer of an order."
    ),
    CouponChannel.GENERAL: gettext_lazy(
        "For other purposes, such as giving it to the buyer of an order. Retention does not recognise it."
    ),
}


class ChannelSelect(forms.RadioSelect):
    """The channels, each with what it means for retention."""

    option_template_name = "workbench/store/coupons/channel.html"

    def create_option(self, name, value, *args, **kwargs):
        """With the explanation."""
        return {**super().create_option(name, value, *args, **kwargs), "explained": CHANNEL_WORDS[CouponChannel(value)]}


class CouponForm(DecisionForm):
    """A coupon of one store. Days are those of the store's time zone, the last one included."""

    store = forms.ChoiceField(label=gettext_lazy("Store"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=CouponChannel.choices,
        initial=CouponChannel.SMART_RETENTION,
        widget=ChannelSelect,
    )
    amount_off = YuanField(label=gettext_lazy("Discount in yuan"))
    min_spend = YuanField(
        label=gettext_lazy("From a purchase of … yuan"),
        required=False,
        help_text=gettext_lazy("Leave it empty for a coupon without a threshold."),
    )
    first_day = CalendarField(label=gettext_lazy("Valid from"))
    last_day = CalendarField(
        label=gettext_lazy("Last day"), help_text=gettext_lazy("The coupon is valid to the end of this day.")
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        min_value=1,
        max_value=MOST_COUPONS,
        initial=100,
        help_text=gettext_lazy("No more are ever granted."),
    )

    def __init__(self, *args, row: list[Store], now: datetime, **kwargs):
        super().__init__(*args, row=row, now=now, **kwargs)
        stores = row
        self.stores = {str(store.pk): store for store in stores}
        self.fields["store"].choices = [(store.pk, store.name) for store in stores]
        if len(stores) == 1:
            del self.fields["store"]
        today = day_of(now, stores[0].time_zone)
        self.fields["first_day"].initial = today
        self.fields["last_day"].initial = today + timedelta(days=USUAL_DAYS)
        self.fields["min_spend"].widget.attrs["min"] = "0"
        if not any(retains(store) for store in stores):  # the platform's channel leads nowhere there (Q13, K7)
            self.fields["channel"].initial = CouponChannel.GENERAL

    def clean_amount_off(self):
        """Above zero."""
        amount = self.cleaned_data["amount_off"]
        if amount <= ZERO:
            raise forms.ValidationError(_("The discount must be above zero."))
        return amount

    def clean_min_spend(self):
        """Zero or more."""
        amount = self.cleaned_data["min_spend"] or ZERO
        if amount < ZERO:
            raise forms.ValidationError(_("The threshold can't be below zero."))
        return amount

    def clean_store(self) -> Store:
        """The store that was chosen."""
        return self.stores[self.cleaned_data["store"]]

    def clean(self):
        """The last day is not before the first, and not over; the only store needs no choice."""
        data = {"store": self.row[0], **super().clean()}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and (refused := why_no_validity(first, last + timedelta(days=1))) is not None:
            self.add_error("last_day", str(refused))
        elif last and last < day_of(self.now, data["store"].time_zone):
            self.add_error("last_day", _("Choose today or a later day."))
        return data


class MakeCoupon(Saving):
    """Make a coupon in one of the stores."""

    label, form, capability = gettext_lazy("Make a coupon"), CouponForm, EDIT_COUPONS
    done = gettext_lazy("The coupon is made.")
    template = "workbench/store/coupons/add.html"

    def may(self, user, stores):
        """They are those in which the user makes coupons."""
        return bool(stores)

    def context(self, stores):
        """The store, where there is no choice."""
        return {"store": stores[0] if len(stores) == 1 else None}

    def run(self, stores, data, *, actor, now):
        """From the first moment of the first day to the last of the last."""
        zone = data["store"].time_zone
        create_coupon(
            store=data["store"],
            name=data["name"],
            channel=data["channel"],
            amount_off=data["amount_off"],
            min_spend=data["min_spend"],
            valid_from=start_of_day(data["first_day"], zone),
            valid_until=end_of_day(data["last_day"], zone),
            quantity=data["quantity"],
            actor=actor,
            now=now,
        )


class CouponAdmin(AddingMixin, WordSearch, DeskAdmin):
    """The store's coupons. What was granted is counted by acceptance and never edited."""

    class Media:
        css = {"all": ["workbench/work.css"]}

    adding = MakeCoupon()
    list_display = ("name",)
    list_filter = ("channel",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Name")
    ordering = ("-id",)
    change_list_template = "workbench/store/coupons/list.html"

    def stores_to_add_to(self, request: HttpRequest) -> list[Store]:
        """Where the user may make coupons: the picked store, or those they work in. An operator picks one."""
        desk = desk_of(request)
        stores = [desk.only_store] if desk.only_store else [] if desk.is_operator else desk.stores
        return [store for store in stores if can(request.user, EDIT_COUPONS, store.pk)]

    def has_add_permission(self, request):
        """Who may add somewhere sees the button."""
        return bool(self.stores_to_add_to(request))

    def place_to_add(self, request):
        """Those stores, of which one is chosen. PermissionDenied where there is none, or for another one's name."""
        asked = request.POST.get("store", "")
        if asked and find_store(request.user, asked) is not None:
            require(request.user, EDIT_COUPONS, int(asked))
        return self.stores_to_add_to(request) or [store_to_add_to(request, EDIT_COUPONS)]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The coupon's page; there is nothing to save on it."""
        coupon = self.find(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        return self.page(
            request,
            "workbench/store/coupons/page.html",
            coupon.name,
            coupon=coupon,
            right_channel=CouponChannel.SMART_RETENTION.label,
            grants=list(
                CouponGrant.objects.for_store(coupon.store_id)
                .filter(coupon=coupon)
                .select_related("order")
                .order_by("-id")[:GRANTS_SHOWN]
            ),
        )
