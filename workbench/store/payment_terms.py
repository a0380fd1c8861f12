"""The operator's form for a store's limits and gateway (K9, K10)."""

from functools import cached_property

from django import forms
from django.forms import model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import MOST_SMALL_PAYMENTS
from payments.allowances import Limits, allowances_today, limits_under
from payments.gateways import usable_gateways
from payments.models import DayAllowance, PaymentTerms
from payments.terms import set_payment_terms
from stores.models import Store
from stores.permissions import OPERATE
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.forms import YuanField
from workbench.kit.words import yuan


class TermsForm(DecisionForm):
    """Empty fields leave the marketplace's rule."""

    per_payment = YuanField(label=gettext_lazy("Most per payment, in yuan"), required=False)
    per_order = forms.IntegerField(
        label=gettext_lazy("Payments per order"), required=False, min_value=0, max_value=MOST_SMALL_PAYMENTS
    )
    per_day = YuanField(label=gettext_lazy("Most per day, in yuan"), required=False)
    gateway = forms.ChoiceField(
        label=gettext_lazy("Gateway"),
        required=False,
        help_text=gettext_lazy("For payments that no worker has taken up yet; those under way keep theirs."),
    )

    def __init__(self, *args, row: Store, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        rules = limits_under(row.rules, None)
        rule = _("Empty: the marketplace's rule, %(rule)s.")
        self.fields["per_payment"].help_text = rule % {"rule": yuan(rules.per_payment)}
        self.fields["per_order"].help_text = rule % {"rule": rules.per_order}
        self.fields["per_day"].help_text = rule % {"rule": yuan(rules.per_day)}
        for name in ("per_payment", "per_day"):
            self.fields[name].widget.attrs["min"] = "0"
        self.fields["gateway"].choices = [(name, name) for name in usable_gateways()]

    @cached_property
    def today(self) -> tuple[Store, Limits, DayAllowance]:
        """The store, its limits now, and what is used of today's."""
        return allowances_today([self.row], self.now)[0]


class SetTerms(Decision):
    """Set a store's limits and gateway; they count from then on."""

    code, label = "payment-terms", gettext_lazy("Limits of small payments")
    done = gettext_lazy("The limits hold from now on, also for what is not paid out yet.")
    capability, form, template = OPERATE, TermsForm, "workbench/store/terms.html"

    def refusal(self, store, now):
        """They may always be set."""
        return None

    def initial(self, store):
        """What is set; where nothing is, the marketplace's rule holds."""
        terms = PaymentTerms.objects.for_store(store.pk).first() or PaymentTerms(store=store)
        return model_to_dict(terms, ("per_payment", "per_order", "per_day", "gateway"))

    def run(self, store, data, *, actor, now):
        set_payment_terms(store=store, **data, actor=actor, now=now)
