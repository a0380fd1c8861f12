"""Claims against carriers for parcels that they lost: the list, the page, and how they end (P3)."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds.carrier_claims import close_carrier_claim, why_not_close
from refunds.states import CarrierClaimStatus
from stores.permissions import PAY
from workbench.kit.base import DeskAdmin, column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.marks import badge, moment
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.search import OrderSearch
from workbench.kit.timeline import timeline
from workbench.kit.words import yuan
from workbench.shipping.queues import CLAIM_QUEUES


class ClosingForm(DecisionForm):
    """How the carrier answered."""

    result = forms.ChoiceField(
        label=gettext_lazy("The carrier's answer"),
        choices=[
            (CarrierClaimStatus.PAID, CarrierClaimStatus.PAID.label),
            (CarrierClaimStatus.REFUSED, CarrierClaimStatus.REFUSED.label),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "The carrier pays the store outside the platform; the buyer's refund doesn't depend on it. A closed claim"
            " can't be opened again."
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-count": 200}),
    )


class CloseClaim(Decision):
    """Write down how the carrier answered."""

    code, label, icon = "close", gettext_lazy("Close the claim"), "task_alt"
    done = gettext_lazy("The claim is closed.")
    capability, form = PAY, ClosingForm
    is_inline, leads_to = True, "changelist"
    not_yours = gettext_lazy("Finance closes this claim; your role only sees it.")

    def concerns(self, claim):
        """Until it is closed."""
        return claim.status == CarrierClaimStatus.OPEN

    def refusal(self, claim, now):
        return why_not_close(claim)

    def run(self, claim, data, *, actor, now):
        paid, note = data["result"] == CarrierClaimStatus.PAID, data["note"]
        close_carrier_claim(store_id=claim.store_id, claim_id=claim.pk, paid=paid, note=note, actor=actor, now=now)


class CarrierClaimAdmin(QueueMixin, OrderSearch, DecidingMixin, DeskAdmin):
    """What carriers owe."""

    list_display = ("show_order", "show_amount", "show_parcel", "show_status", "show_opened")
    queues = CLAIM_QUEUES
    decisions = (CloseClaim(),)
    list_filter = (QueueFilter,)
    order_path = "shipment__order"

    show_order = column(gettext_lazy("order"), lambda claim: claim.shipment.order.number)
    show_amount = column(gettext_lazy("amount"), lambda claim: yuan(claim.amount))
    show_parcel = column(gettext_lazy("parcel"), lambda claim: str(claim.shipment))
    show_status = column(gettext_lazy("status"), badge)
    show_opened = column(gettext_lazy("opened"), lambda claim: moment(claim.opened_at))

    def get_queryset(self, request):
        """With what each row names."""
        return super().get_queryset(request).select_related("refund", "shipment__order")

    def page_queryset(self, request):
        """A claim with its refund, order, parcel and store."""
        return super().page_queryset(request).select_related("refund", "shipment__order")

    def row_page(self, request, claim, bound=None):
        return self.page(
            request,
            "workbench/shipping/carrier_claims/page.html",
            _("Carrier claim %(amount)s") % {"amount": yuan(claim.amount)},
            claim=claim,
            refund=claim.refund,
            order=claim.shipment.order,
            shipment=claim.shipment,
            entries=timeline(claim.store_id, claim.about.pk),
            decide=self.choices(request, claim, bound),
        )
