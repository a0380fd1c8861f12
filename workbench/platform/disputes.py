"""Disputes on the desk: the merchant answers and shows, the platform's person decides (R7)."""

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from refunds.platform.disputes import answer_dispute, decide_dispute, why_not_answer_dispute
from refunds.platform.suggestions import explain, suggested_amount
from refunds.states import CaseOutcome, Side
from stores.permissions import DECIDE_REFUNDS, can, require
from workbench.kit.base import attempt, by, show_refusal
from workbench.kit.dear import dear_page
from workbench.kit.forms import DeskForm, posted
from workbench.kit.frame import in_store_time
from workbench.platform.api import pack_response
from workbench.platform.cases import CaseAdmin, side_views


class AnswerForm(DeskForm):
    """What the merchant says about the buyer's plea."""

    reply = forms.CharField(
        label=gettext_lazy("Your answer to the claim"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": 1000}),
        help_text=gettext_lazy("Both the buyer and the platform read it. You answer once."),
    )


class DisputeAdmin(CaseAdmin):
    """Refunds that the platform was asked to decide."""

    code, template = "dispute", "workbench/platform/dispute.html"
    tile_label = gettext_lazy("Disputes")
    decided = gettext_lazy("The dispute is decided.")
    decide = staticmethod(decide_dispute)
    outcomes = [
        (CaseOutcome.BUYER, gettext_lazy("For the buyer: the whole amount is paid")),
        (CaseOutcome.SPLIT, gettext_lazy("Split: the amount below is paid, the rest stays with the merchant")),
        (CaseOutcome.MERCHANT, gettext_lazy("For the merchant: the refund is closed without payment")),
    ]
    amount_help = gettext_lazy("For a split: what the buyer is paid, less than %(amount)s.")

    def get_urls(self):
        """The page's buttons, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("<uuid:object_id>/answer/", view(require_POST(self.answer_view)), name="refunds_dispute_answer"),
            path("<uuid:object_id>/pack/", view(require_safe(self.pack_view)), name="refunds_dispute_pack"),
            *super().get_urls(),
        ]

    def sides(self, case, card):
        """Plea and reply, wherever each belongs."""
        words = {case.opened_by: case.plea, case.other_side: case.reply}
        return side_views(card, buyer=words[Side.BUYER], merchant=words[Side.MERCHANT], opened_by=case.opened_by)

    def more(self, request, case):
        """The suggestion in words, and the merchant's form to answer."""
        may_answer = (
            why_not_answer_dispute(case, Side.MERCHANT, request.now) is None
            and can(request.user, DECIDE_REFUNDS, case.store_id)
            and not request.user.is_superuser
        )
        outcome = case.suggestion.get("outcome")
        return {
            "grounds": explain(case.suggestion),
            "suggested": CaseOutcome(outcome).label if outcome else "",
            "suggested_amount": suggested_amount(case.suggestion),
            "answer_form": AnswerForm(auto_id="id_answer_%s") if may_answer else None,
        }

    def initial(self, case):
        """The suggestion; the person may choose otherwise."""
        return {"outcome": case.suggestion.get("outcome"), "amount": suggested_amount(case.suggestion)}

    @in_store_time
    def answer_view(self, request, case):
        """Answer the buyer's plea."""
        require(request.user, DECIDE_REFUNDS, case.store_id)
        form = AnswerForm(posted(request))
        if not form.is_valid():
            messages.error(request, " ".join(form.errors["reply"]))
            return self._to(case)
        refusal = attempt(
            lambda: answer_dispute(
                store_id=case.store_id,
                dispute_id=case.pk,
                side=Side.MERCHANT,
                reply=form.cleaned_data["reply"],
                **by(request),
            )
        )
        if refusal is None:
            messages.success(request, _("Your answer is with the platform."))
        else:
            show_refusal(request, refusal)
        return self._to(case)

    @in_store_time
    @dear_page
    def pack_view(self, request, case):
        """The evidence pack as a PDF."""
        return pack_response(case, request.now)
