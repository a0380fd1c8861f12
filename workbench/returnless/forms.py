"""The forms of the steps, and of what is done afterwards (R2, R5)."""

from abc import abstractmethod
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds.models import CoveredProduct, Enrolment
from refunds.returnless.agreements import CURRENT
from stores.models import Product, Store
from stores.states import ProductSource
from workbench.kit.decisions import DecisionForm
from workbench.kit.forms import YuanField
from workbench.kit.words import yuan

PRODUCTS_SHOWN = 200


class StepForm(DecisionForm):
    """What one step asks for; `settings` makes of it what the action is told."""

    def __init__(self, *args, row: Store, enrolment: Enrolment | None, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.store, self.enrolment = row, enrolment
        self.budget = enrolment.budget if enrolment else None
        self.prefill()

    def prefill(self) -> None:
        """Show what was set before."""

    @staticmethod
    @abstractmethod
    def settings(data: dict) -> dict:
        """The part of the enrolment's settings that this step is about, as the action takes it."""


class AgreementForm(StepForm):
    """Read and accept."""

    accepted = forms.BooleanField(label=gettext_lazy("I have read the agreement and accept it for this store."))

    @staticmethod
    def settings(data):
        """The version that is shown."""
        return {"agreement_version": CURRENT}


class BudgetForm(StepForm):
    """How much the budget holds."""

    budget_amount = YuanField(
        label=gettext_lazy("Service budget"),
    )

    def prefill(self):
        """What is planned, or what it holds now; and when money moves (R2)."""
        field, enrolment = self.fields["budget_amount"], self.enrolment
        if enrolment is not None and enrolment.planned_budget is not None:
            field.initial = enrolment.planned_budget
        elif self.budget and self.budget.balance:
            field.initial = self.budget.balance
        field.help_text = (
            _("Yuan that the budget shall hold. They are moved from your funds at once.")
            if enrolment is not None and enrolment.is_joined
            else _("Yuan that the budget shall hold. Nothing moves before you confirm in the last step.")
        )

    @staticmethod
    def settings(data):
        """The balance wanted."""
        return {"budget": data["budget_amount"]}


class AutoTopUpForm(StepForm):
    """Whether it fills itself, from when on and by how much."""

    is_on = forms.BooleanField(
        label=gettext_lazy("Top up automatically"),
        required=False,
        help_text=gettext_lazy("Without it, new orders carry no badge once the budget is spent."),
    )
    threshold = YuanField(label=gettext_lazy("When less than this is available"), required=False)
    top_up_amount = YuanField(label=gettext_lazy("Add this much"), required=False)

    def prefill(self):
        """What was set."""
        if self.budget:
            self.fields["is_on"].initial = self.budget.tops_up
            self.fields["threshold"].initial = self.budget.threshold or None
            self.fields["top_up_amount"].initial = self.budget.top_up_amount or None

    def clean(self):
        """Both amounts, once it is on."""
        data = super().clean()
        for name in ("threshold", "top_up_amount") if data.get("is_on") else ():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Say how much."))
        return data

    @staticmethod
    def settings(data):
        zero = Decimal("0.00")
        return {
            "auto_top_up": {
                "on": data["is_on"],
                "threshold": data["threshold"] or zero,
                "amount": data["top_up_amount"] or zero,
            }
        }


class ProductsForm(StepForm):
    """The allow-list: ticked products, and item ids of those that aren't shown (R4)."""

    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("Your own products"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more = forms.CharField(
        label=gettext_lazy("More item ids"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Ids of own products that aren't shown above, with spaces or commas between them."),
    )

    def prefill(self):
        """The newest own products, those on the list ticked; with more of them than fit, the rest by id."""
        covered = set(CoveredProduct.objects.for_store(self.store.pk).values_list("item_id", flat=True))
        own = Product.objects.for_store(self.store.pk).filter(source=ProductSource.OWN).order_by("-id")
        shown = list(own[: PRODUCTS_SHOWN + 1])
        self.is_full = len(shown) > PRODUCTS_SHOWN
        shown = shown[:PRODUCTS_SHOWN]
        ids = {product.item_id for product in shown}
        self.fields["chosen"].choices = [
            (product.item_id, f"{product.title} · {yuan(product.price)} · {product.item_id}") for product in shown
        ]
        self.fields["chosen"].initial = sorted(covered & ids)
        self.fields["more"].initial = " ".join(sorted(covered - ids))
        if not self.is_full and not covered - ids:
            del self.fields["more"]

    def clean(self):
        """At least one product; ids as digits."""
        data = super().clean()
        more = data.get("more", "").replace(",", " ").replace("，", " ").split()
        if not all(item_id.isascii() and item_id.isdigit() and len(item_id) <= 20 for item_id in more):
            self.add_error("more", _("Write item ids as 1 to 20 digits."))
        data["products"] = list(dict.fromkeys([*data.get("chosen", []), *more]))
        if not data["products"] and not self.errors:
            self.add_error("chosen", _("Choose at least one product."))
        return data

    @staticmethod
    def settings(data):
        """Item ids."""
        return {"products": data["products"]}


class ConfirmForm(StepForm):
    """Nothing to fill in: a summary is shown."""

    @staticmethod
    def settings(data):
        """Nothing."""
        return {}


class TopUpForm(DecisionForm):
    """Yuan for the budget."""

    amount = YuanField(label=gettext_lazy("Amount"), help_text=gettext_lazy("Moved from your funds at once."))
