"""The operator's form for a store's limits and gateway (K9, K10)."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import MOST_SMALL_PAYMENTS
from payments.allowances import allowances_today, limits_under
from payments.gateways import usable_gateways
from payments.models import PaymentTerms
from payments.terms import set_payment_terms
from stores.models import Store
from workbench.kit.base import attempt, by, put_on_form
from workbench.kit.forms import DeskForm, YuanField, posted
from workbench.kit.words import yuan


class TermsForm(DeskForm):
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

    def __init__(self, *args, store: Store, **kwargs):
        super().__init__(*args, **kwargs)
        rules = limits_under(store.rules, None)
        rule = _("Empty: the marketplace's rule, %(rule)s.")
        self.fields["per_payment"].help_text = rule % {"rule": yuan(rules.per_payment)}
        self.fields["per_order"].help_text = rule % {"rule": rules.per_order}
        self.fields["per_day"].help_text = rule % {"rule": yuan(rules.per_day)}
        for name in ("per_payment", "per_day"):
            self.fields[name].widget.attrs["min"] = "0"
        self.fields["gateway"].choices = [(name, name) for name in usable_gateways()]


class TermsMixin:
    """The view below a store's page; the operator's alone."""

    def terms_view(self, request: HttpRequest, object_id):
        """Look at the limits and change them; they count from then on."""
        if not request.user.is_superuser:
            raise PermissionDenied
        store = self.find(request, object_id)
        terms = PaymentTerms.objects.for_store(store.pk).first() or PaymentTerms(store=store)
        initial = {name: getattr(terms, name) for name in ("per_payment", "per_order", "per_day", "gateway")}
        form = TermsForm(posted(request), store=store, initial=initial)
        if request.method == "POST" and form.is_valid():
            refusal = attempt(lambda: set_payment_terms(store=store, **by(request), **form.cleaned_data))
            if refusal is None:
                messages.success(request, _("The limits hold from now on, also for what is not paid out yet."))
                return HttpResponseRedirect(reverse("admin:stores_store_change", args=[store.pk]))
            put_on_form(form, refusal)
        [(_store, limits, day)] = allowances_today([store], request.now)
        title = _("Limits of small payments")
        return self.page(
            request,
            "workbench/store/terms.html",
            title,
            form=form,
            store=store,
            limits=limits,
            day=day,
            may_save=True,
        )
