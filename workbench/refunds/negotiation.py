"""The offer form: fill in, see what the buyer will see, send or go back (T2–T7, Q6)."""

from datetime import datetime

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.actors import Actor
from offers.actions import send_offer
from offers.methods import METHODS, Case
from offers.models import Offer
from stores.models import ReturnAddress
from workbench.forms import DeskForm, YuanField
from workbench.refunds.page import Option


class OfferForm(DeskForm):
    """What is proposed. Which fields a method uses follows from its limits."""

    method = forms.ChoiceField(label=gettext_lazy("Proposal"), widget=forms.RadioSelect)
    amount = YuanField(label=gettext_lazy("Amount in yuan"), required=False)
    return_address = forms.ModelChoiceField(
        ReturnAddress.objects.none(),
        label=gettext_lazy("Return address"),
        required=False,
        empty_label=gettext_lazy("Choose …"),
    )
    message = forms.CharField(
        label=gettext_lazy("Message to the buyer"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    agreed_with_buyer = forms.BooleanField(
        label=gettext_lazy("I have agreed on this with the buyer beforehand"), required=False
    )

    def __init__(self, *args, case: Case, options: list[Option], **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case
        refund = case.refund
        self.limits = {option.method.code: option.method.limits(case) for option in options}
        self.fields["method"].choices = [(option.method.code, option.label) for option in options]
        if len(options) == 1:
            self.fields["method"].initial = options[0].method.code
        self.fields["return_address"].queryset = ReturnAddress.objects.for_store(refund.store_id).order_by("id")
        self.fields["message"].widget.attrs["data-count"] = refund.rules.offer_message_length
        self._drop_unused()

    def _drop_unused(self) -> None:
        """Leave out what no possible method asks for; limit and explain what is left."""
        if not any("return_address" in limits for limits in self.limits.values()):
            del self.fields["return_address"]
        most = [limits["max_amount"] for limits in self.limits.values() if "max_amount" in limits]
        if not most:
            del self.fields["amount"]
            return
        amount = self.fields["amount"]
        amount.widget.attrs.update(max=most[0], placeholder=f"0.01 – {most[0]}")
        amount.help_text = _("At most ¥%(most)s.") % {"most": most[0]}
        if len(self.limits) == 1 and "return_address" in next(iter(self.limits.values())):
            amount.help_text += " " + _("Leave it empty to keep the requested ¥%(amount)s.") % {
                "amount": self.case.refund.amount
            }
        else:
            amount.widget.attrs["required"] = True
        self.fields["agreed_with_buyer"].widget.attrs["required"] = True

    def terms(self) -> dict:
        """The arguments of the action."""
        data = self.cleaned_data
        address = data.get("return_address")
        return {
            "method": data["method"],
            "message": data["message"],
            "amount": data.get("amount"),
            "return_address_id": address.pk if address else None,
            "agreed_with_buyer": data["agreed_with_buyer"],
        }


def send(case: Case, terms: dict, *, actor: Actor, now: datetime) -> Offer:
    """Send the offer. Raises what the action raises."""
    return send_offer(store_id=case.refund.store_id, refund_id=case.refund.pk, actor=actor, now=now, **terms)


def rehearse(case: Case, terms: dict, *, actor: Actor, now: datetime) -> dict:
    """Send the offer and take it back at once: raises whatever would refuse it, and tells what the buyer would see."""
    with transaction.atomic():
        offer = send(case, terms, actor=actor, now=now)
        transaction.set_rollback(True)
    return {"offer": offer, "buyer_sees": METHODS[offer.method].buyer_sees(case.refund, offer)}


def consequences(offer: Offer) -> list[str]:
    """What sending means, sentence by sentence (T2, T4, T7–T10)."""
    return [
        _("Nothing changes until the buyer accepts; then it happens at once, without another click of yours."),
        _("The refund's clock goes on: the offer ends with it at the latest."),
        _("You may still approve or reject the request meanwhile; the offer is then withdrawn."),
        _("While the buyer decides, the offer can't be changed."),
    ] + (
        [_("This is the only offer possible for this refund.")]
        if offer.refund.rules.offers_per_refund == 1
        else [_("At most %(most)d offers are possible per refund.") % {"most": offer.refund.rules.offers_per_refund}]
    )
