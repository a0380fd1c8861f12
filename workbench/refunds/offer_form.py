"""The offer form: one form whose fields follow from the method's limits (Q5, Q12, Q13, Q15, T3)."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.calendar import until_face
from common.errors import Refused
from common.money import grouped
from common.search import plain_text
from offers.cautions import offer_of_terms
from offers.coupons import why_not_promise
from offers.eligibility import keeps_orders
from offers.methods import Method, Situation, Terms
from offers.methods.negotiation import most_agreed
from offers.models import Coupon
from offers.scripts import scripts_for
from stores.ceilings import why_above
from stores.models import Product, ReturnAddress
from workbench.kit.forms import DeskForm, YuanField
from workbench.refunds.retention import OfferWay

USABLE_SHOWN = 100
OTHERS_SHOWN = 20


class CouponChoices(forms.CheckboxSelectMultiple):
    """Coupons to tick; those that can't be used are shown with the reason, and can't be ticked (Q13)."""

    why_not: dict[str, str] = {}

    def create_option(self, name, value, *args, **kwargs):
        """One coupon."""
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.why_not:
            option["attrs"]["disabled"] = True
            option["label"] = f"{option['label']} – {self.why_not[value]}"
        return option


class OfferForm(DeskForm):
    """What is proposed, for one method. What the action refuses is shown at the field that it names."""

    template_name = "workbench/refunds/offer_fields.html"

    method = forms.CharField(widget=forms.HiddenInput)
    amount = YuanField(label=gettext_lazy("Amount in yuan"), required=False)
    item_id = forms.CharField(
        label=gettext_lazy("Item id"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("Of this store's product warehouse; the product needn't be listed."),
    )
    coupons = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Coupons, as the buyer sees them"), required=False, coerce=UUID, widget=CouponChoices
    )
    return_address = forms.ModelChoiceField(
        ReturnAddress.objects.none(),
        label=gettext_lazy("Return address"),
        required=False,
        empty_label=gettext_lazy("Choose …"),
    )
    message = forms.CharField(
        label=gettext_lazy("Message to the buyer"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-graphemes": "1"}),
    )
    agreed_with_buyer = forms.BooleanField(
        label=gettext_lazy("I have agreed on this with the buyer beforehand"), required=False
    )

    def __init__(self, *args, situation: Situation, way: OfferWay, **kwargs):
        super().__init__(*args, **kwargs)
        self.situation, self.way = situation, way
        self.scripts = scripts_for(situation.refund.reason, way.method) if keeps_orders(situation.refund.rules) else []
        self.goods: Sequence[Product] = ()
        self.amounts: Sequence[str] = ()
        self.fields["method"].initial = way.code
        self.fields["message"].widget.attrs["data-count"] = situation.refund.rules.offer_message_length
        if way.method.needs_message:
            self.fields["message"].widget.attrs["required"] = True
        self._set_up_amount()
        self._set_up_product()
        self._set_up_coupons()
        self._set_up_negotiation()

    def _asks_for(self, field: str, limit: str) -> bool:
        """Whether the method has this field; otherwise it is dropped."""
        if limit in self.way.limits:
            return True
        del self.fields[field]
        return False

    def most_of_role(self) -> str:
        """Yuan of the largest amount that can be sent: what the rules allow, within the actor's ceiling."""
        most = Decimal(self.way.limits["max_amount"])
        if self.way.method.changes_refund:
            return str(most_agreed(self.situation))
        return str(self.situation.within_role(most))

    def _set_up_amount(self) -> None:
        """The maximum is shown; what has a usual amount begins with the recommended one (Q12, docs/adr/0029, 0082)."""
        if not self._asks_for("amount", "max_amount"):
            return
        most, amount = self.most_of_role(), self.fields["amount"]
        amount.widget.attrs.update(max=most, placeholder=f"0.01 – {grouped(most)}")
        amount.help_text = _("At most ¥%(most)s.") % {"most": grouped(most)}
        if usual := self.way.limits.get("usual_amount"):
            amount.initial = Decimal(usual) if self.way.amount is None else self.way.amount
            self.amounts = list(dict.fromkeys([usual, most]))
        if "return_address" in self.way.limits:
            amount.help_text += " " + _("Leave it empty to keep the requested ¥%(amount)s.") % {
                "amount": grouped(self.situation.refund.amount)
            }
        else:
            amount.widget.attrs["required"] = True

    def _set_up_product(self) -> None:
        """Some methods begin with the goods of the refund themselves (Q15)."""
        if not self._asks_for("item_id", "item_id"):
            return
        self.fields["item_id"].widget.attrs["required"] = True
        if self.way.method.begins_with_goods:
            items = [line.line.item_id for line in self.situation.lines]
            products = Product.objects.for_store(self.situation.refund.store_id).filter(item_id__in=items)
            self.goods = list(products.order_by("item_id"))
            for product in self.goods:
                product.why_not = why_too_dear(self.situation, self.way.method, product)
            if len(items) == len(self.goods) == 1 and self.goods[0].why_not is None:
                self.fields["item_id"].initial = items[0]

    def _set_up_coupons(self) -> None:
        """Usable coupons first, as the buyer sees them (Q14); the others say why they can't be used (Q13)."""
        if not self._asks_for("coupons", "coupons"):
            return
        now, store_id = self.situation.now, self.situation.refund.store_id
        usable = list(Coupon.objects.for_store(store_id).usable(now).as_buyer_sees()[:USABLE_SHOWN])
        others = (
            Coupon.objects.for_store(store_id)
            .filter(valid_until__gt=now)
            .exclude(pk__in=Coupon.objects.for_store(store_id).usable(now).values("pk"))
            .order_by("-id")[:OTHERS_SHOWN]
        )
        field = self.fields["coupons"]
        field.widget.why_not = {str(coupon.pk): str(why_not_promise(coupon, now)) for coupon in others}
        dear = {coupon: why_above(coupon.amount_off, self.situation.offer_ceiling) for coupon in usable}
        field.widget.why_not |= {str(coupon.pk): str(refused) for coupon, refused in dear.items() if refused}
        zone = self.situation.refund.store.time_zone
        field.choices = [(str(coupon.pk), _coupon_words(coupon, zone)) for coupon in usable]
        field.choices += [(str(coupon.pk), str(coupon)) for coupon in others]
        most = self.way.limits["coupons_shown"]
        field.help_text = _("The buyer sees the first %(most)d of those that you tick.") % {"most": most}

    def _set_up_negotiation(self) -> None:
        """A return address and the tick belong to a changed request (T3, T6)."""
        if self._asks_for("return_address", "return_address"):
            addresses = ReturnAddress.objects.for_store(self.situation.refund.store_id).usable().order_by("place")
            self.fields["return_address"].queryset = addresses
        if self._asks_for("agreed_with_buyer", "agreed_with_buyer"):
            self.fields["agreed_with_buyer"].widget.attrs["required"] = True

    def clean(self):
        """Give what was filled in the shape of the action's arguments."""
        data = super().clean()
        address = data.get("return_address")
        return {
            "method": self.way.code,
            "message": data.get("message", ""),
            "amount": data.get("amount"),
            "item_id": plain_text(data.get("item_id") or "") or None,
            "coupon_ids": data.get("coupons") or (),
            "return_address_id": address.pk if address else None,
            "agreed_with_buyer": data.get("agreed_with_buyer", False),
        }


def why_too_dear(situation: Situation, method: Method, product: Product) -> Refused | None:
    """Why the situation's actor may not give this product by the method."""
    if situation.offer_ceiling is None:
        return None
    offer = offer_of_terms(situation.refund, method, Terms(product=product))
    return why_above(method.cost(offer, ()), situation.offer_ceiling)


def _coupon_words(coupon: Coupon, zone: str) -> str:
    """Its terms, its end on the store's calendar, and how many are left."""
    return _("%(coupon)s · until %(until)s · %(left)d left") % {
        "coupon": coupon,
        "until": until_face(coupon.valid_until, zone),
        "left": coupon.left,
    }
