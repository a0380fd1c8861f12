"""Claims against carriers for parcels that they lost: the list, the page, and how they end (P3)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds.carrier_claims import close_carrier_claim
from refunds.models import CarrierClaim
from refunds.states import CarrierClaimStatus
from stores.permissions import PAY, can, require
from workbench.kit.base import DeskAdmin, attempt, by, column, put_on_form, show_refusal
from workbench.kit.forms import DeskForm, posted
from workbench.kit.marks import badge, moment
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.search import OrderSearch
from workbench.kit.timeline import timeline
from workbench.kit.words import yuan
from workbench.shipping.queues import CLAIM_QUEUES


class ClosingForm(DeskForm):
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


class CarrierClaimAdmin(QueueMixin, OrderSearch, DeskAdmin):
    """What carriers owe."""

    list_display = ("show_order", "show_amount", "show_parcel", "show_status", "show_opened")
    queues = CLAIM_QUEUES
    list_filter = (QueueFilter,)
    order_path = "refund__order"

    show_order = column(gettext_lazy("order"), lambda claim: claim.refund.order.number)
    show_amount = column(gettext_lazy("amount"), lambda claim: yuan(claim.amount))
    show_parcel = column(gettext_lazy("parcel"), lambda claim: str(claim.shipment))
    show_status = column(gettext_lazy("status"), badge)
    show_opened = column(gettext_lazy("opened"), lambda claim: moment(claim.opened_at))

    def get_queryset(self, request):
        """With what each row names."""
        return super().get_queryset(request).select_related("refund__order", "shipment")

    def page_queryset(self, request):
        """A claim with its refund, order, parcel and store."""
        return super().page_queryset(request).select_related("refund__order", "shipment")

    def get_urls(self):
        """The form's address, before the admin's catch-all."""
        close = self.admin_site.admin_view(self.close_view)
        return [path("<uuid:object_id>/close/", close, name="refunds_carrierclaim_close"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The claim's page."""
        return self._page(request, self.find(request, object_id), ClosingForm())

    def close_view(self, request: HttpRequest, object_id):
        """Write down how the carrier answered; a GET only shows the claim with the form."""
        claim = self.find(request, object_id)
        require(request.user, PAY, claim.store_id)
        form = ClosingForm(posted(request))
        if request.method == "POST" and form.is_valid():
            refusal = attempt(
                lambda: close_carrier_claim(
                    store_id=claim.store_id,
                    claim_id=claim.pk,
                    paid=form.cleaned_data["result"] == CarrierClaimStatus.PAID,
                    note=form.cleaned_data["note"],
                    **by(request),
                )
            )
            if refusal is None:
                messages.success(request, _("The claim is closed."))
                return HttpResponseRedirect(reverse("admin:refunds_carrierclaim_changelist"))
            if claim.status != CarrierClaimStatus.OPEN:
                show_refusal(request, refusal)
                return HttpResponseRedirect(reverse("admin:refunds_carrierclaim_change", args=[claim.pk]))
            put_on_form(form, refusal)
        return self._page(request, claim, form)

    def _page(self, request, claim: CarrierClaim, form: ClosingForm):
        may_close = claim.status == CarrierClaimStatus.OPEN and can(request.user, PAY, claim.store_id)
        return self.page(
            request,
            "workbench/shipping/carrier_claims/page.html",
            _("Carrier claim %(amount)s") % {"amount": yuan(claim.amount)},
            claim=claim,
            refund=claim.refund,
            order=claim.refund.order,
            shipment=claim.shipment,
            entries=timeline(claim.store_id, claim.refund_id),
            form=form if may_close else None,
        )
