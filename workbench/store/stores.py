"""The store itself: settings, product warehouse, return addresses. What is saved goes through actions."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.calendar import PLATFORM_ZONE
from refunds.returnless.promises import enrolment_in_force
from stores import actions, marketplaces
from stores.models import MOST_URGE_ALERT, Product, ReturnAddress, Store
from stores.permissions import EDIT_CATALOG, MANAGE_STORE, can, require
from workbench.kit.base import DeskAdmin, attempt, by, column, put_on_form
from workbench.kit.desk import desk_of
from workbench.kit.forms import DeskForm, DeskModelForm, YuanField, posted
from workbench.kit.marks import moment
from workbench.kit.search import WordSearch
from workbench.kit.words import yuan
from workbench.store.payment_terms import TermsMixin


def store_to_add_to(request: HttpRequest, capability: str) -> Store:
    """The picked (or only) store, if the user may do this there.

    PermissionDenied otherwise, also when none is picked.
    """
    store = desk_of(request).only_store
    if store is None:
        raise PermissionDenied(_("Pick one store first, at the top of the page."))
    require(request.user, capability, store.pk)
    return store


class SaveMixin:
    """Add and change pages of which the form only checks the input: `add` and `change` call the actions."""

    capability = EDIT_CATALOG

    def add_view(self, request, form_url="", extra_context=None):
        """The page to add one to the picked store."""
        store = store_to_add_to(request, self.capability)
        form = self.form_class(posted(request))
        return self._handle(
            request, form, lambda: self.add(store, form.cleaned_data, **by(request)), self._add_title(), store
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page of one; whoever may not change it looks at it."""
        row = self.find(request, object_id)
        if not can(request.user, self.capability, row.store_id):
            if request.method == "POST":
                require(request.user, self.capability, row.store_id)
            form = self.form_class(instance=row)
            for field in form.fields.values():
                field.disabled = True
            return self.page(request, "workbench/edit.html", str(row), form=form, store=row.store, may_save=False)
        form = self.form_class(posted(request), instance=row)
        return self._handle(
            request, form, lambda: self.change(row, form.cleaned_data, **by(request)), str(row), row.store
        )

    def _handle(self, request, form, save: Callable, title: str, store: Store):
        if request.method == "POST" and form.is_valid():
            refusal = attempt(save)
            if refusal is None:
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
            put_on_form(form, refusal)
        return self.page(request, "workbench/edit.html", title, form=form, store=store, may_save=True)

    def _add_title(self) -> str:
        return _("Add %(name)s") % {"name": self.opts.verbose_name}

    def has_add_permission(self, request):
        """Who may edit somewhere sees the button, in one store at a time."""
        store = desk_of(request).only_store
        return store is not None and can(request.user, self.capability, store.pk)


class ProductForm(DeskModelForm):
    """A product; the item id is its name for ever."""

    price = YuanField(label=gettext_lazy("Price in yuan"))

    class Meta:
        model = Product
        fields = ("item_id", "title", "category", "price", "listed", "source")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["price"].widget.attrs["min"] = "0"
        if not self.instance._state.adding:
            self.fields["item_id"].disabled = True


class ProductAdmin(SaveMixin, WordSearch, DeskAdmin):
    """The product warehouse."""

    form_class = ProductForm
    list_display = ("title", "item_id", "category", "show_price", "listed", "source")
    list_filter = ("listed", "source")
    search_fields = ("item_id", "title")
    search_help_text = gettext_lazy("Item id or title")
    ordering = ("-id",)
    show_price = column(gettext_lazy("price"), lambda product: yuan(product.price))

    def add(self, store, data, **done):
        """Add a product."""
        actions.add_product(store=store, data=data, **done)

    def change(self, product, data, **done):
        """Change a product."""
        changes = {name: value for name, value in data.items() if name != "item_id"}
        actions.update_product(product=product, changes=changes, **done)


class ReturnAddressForm(DeskModelForm):
    """A return address."""

    class Meta:
        model = ReturnAddress
        fields = ("contact", "phone", "address")


class ReturnAddressAdmin(SaveMixin, DeskAdmin):
    """Where returns go. The first one is used when nobody names one."""

    form_class = ReturnAddressForm
    list_display = ("contact", "phone", "address")
    ordering = ("id",)

    def add(self, store, data, **done):
        """Add an address."""
        actions.add_return_address(store=store, **data, **done)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Addresses were promised to buyers: they are looked at, and new ones are added."""
        row = self.find(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        form = ReturnAddressForm(instance=row)
        for field in form.fields.values():
            field.disabled = True
        return self.page(request, "workbench/edit.html", row.contact, form=form, store=row.store, may_save=False)


class StoreForm(DeskForm):
    """What the owner sets."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"), max_length=50, help_text=gettext_lazy("Such as Asia/Shanghai.")
    )


class SettingsForm(StoreForm):
    """What the owner sets of a store that is open."""

    priority_shipping_tag = forms.BooleanField(
        label=gettext_lazy("Tag orders for priority shipping"),
        required=False,
        help_text=gettext_lazy(
            "An order whose buyer is persuaded to stay is tagged, so that the warehouse ships it first (K1)."
        ),
    )
    smart_customer_service = forms.BooleanField(
        label=gettext_lazy("Smart customer service"),
        required=False,
        help_text=gettext_lazy(
            "Shows which orders buyers urge you to ship. When it is off they are recorded but not shown (K5)."
        ),
    )
    urge_alert_at = forms.IntegerField(
        label=gettext_lazy("Urged orders that interrupt"),
        required=False,
        min_value=1,
        max_value=MOST_URGE_ALERT,
    )

    def __init__(self, *args, store: Store, **kwargs):
        super().__init__(*args, **kwargs)
        if not store.rules.proposes_stay:
            del self.fields["priority_shipping_tag"]
        self.fields["urge_alert_at"].help_text = _(
            "When so many urged orders wait, the workbench interrupts everybody with the way to them (K6)."
            " Empty: %(usual)d, as the marketplace says."
        ) % {"usual": store.rules.urge_alert_at}


class NewStoreForm(StoreForm):
    """What the operator opens."""

    code = forms.SlugField(label=gettext_lazy("Code"), max_length=50)
    marketplace = forms.ChoiceField(label=gettext_lazy("Marketplace"))
    site = forms.ChoiceField(
        label=gettext_lazy("Site"),
        required=False,
        choices=lambda: [("", "–"), *marketplaces.site_choices()],
    )
    field_order = ("code", "name", "marketplace", "site", "time_zone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["marketplace"].choices = marketplaces.choices()
        self.fields["site"].help_text = _(
            "Only for %(marketplaces)s: it decides whether refunds can be retained (Q2)."
        ) % {"marketplaces": marketplaces.labels_where(lambda rules: rules.sites)}
        self.fields["time_zone"].initial = PLATFORM_ZONE

    def clean_site(self):
        """None lets the action choose."""
        return self.cleaned_data["site"] or None


class OperatorStoreForm(SettingsForm):
    """What the operator may set besides."""

    negotiation_open = forms.BooleanField(
        label=gettext_lazy("Negotiation opened"),
        required=False,
        help_text=gettext_lazy("The marketplace opens negotiation to stores in batches (T1)."),
    )


class StoreAdmin(TermsMixin, WordSearch, DeskAdmin):
    """The user's stores and their settings; for the operator every store."""

    list_display = ("name", "code", "marketplace", "time_zone", "negotiation_open", "show_created")
    list_filter = ("marketplace", "negotiation_open")
    search_fields = ("code", "name")
    search_help_text = gettext_lazy("Code or name")
    ordering = ("code",)
    show_created = column(gettext_lazy("created"), lambda store: moment(store.created_at))

    def get_urls(self):
        """The form of the limits, before the admin's catch-all."""
        terms = self.admin_site.admin_view(self.terms_view)
        return [path("<str:object_id>/payment-terms/", terms, name="stores_store_terms"), *super().get_urls()]

    def get_queryset(self, request):
        """The stores of the open scope: row-level security holds the wall."""
        return Store.objects.order_by("code")

    def page_queryset(self, request):
        """The stores of the open scope."""
        return Store.objects.all()

    def has_add_permission(self, request):
        """The operator opens stores."""
        return request.user.is_active and request.user.is_superuser

    def add_view(self, request, form_url="", extra_context=None):
        """Open a store."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if desk_of(request).store is not None:
            raise PermissionDenied(_("Choose “All stores” first, at the top of the page."))
        form = NewStoreForm(posted(request))
        if request.method == "POST" and form.is_valid():
            refusal = attempt(lambda: actions.create_store(**form.cleaned_data, **by(request)))
            if refusal is None:
                messages.success(request, _("The store is open."))
                return HttpResponseRedirect(reverse("admin:stores_store_changelist"))
            put_on_form(form, refusal)
        return self.page(request, "workbench/edit.html", _("Open a store"), form=form, may_save=True)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A store's settings."""
        store = self.find(request, object_id)
        may_save = can(request.user, MANAGE_STORE, store.pk)
        if request.method == "POST":
            require(request.user, MANAGE_STORE, store.pk)
        form_class = OperatorStoreForm if request.user.is_superuser else SettingsForm
        now = {field: getattr(store, field) for field in form_class.base_fields}
        form = form_class(posted(request), initial=now, store=store)
        if request.method == "POST" and form.is_valid():
            refusal = attempt(lambda: self._save(store, form.cleaned_data, **by(request)))
            if refusal is None:
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(request.path)
            put_on_form(form, refusal)
            store.refresh_from_db()
        if not may_save:
            for field in form.fields.values():
                field.disabled = True
        return self.page(
            request,
            "workbench/store/settings.html",
            store.name,
            form=form,
            store=store,
            rules=store.rules,
            certified=enrolment_in_force(store.pk) is not None,
            may_save=may_save,
        )

    @staticmethod
    def _save(store: Store, data: dict, **done) -> None:
        settings = {field: value for field, value in data.items() if field in SettingsForm.base_fields}
        actions.update_store(store=store, **settings, **done)
        if "negotiation_open" in data and data["negotiation_open"] != store.negotiation_open:
            actions.open_negotiation(store=store, is_open=data["negotiation_open"], **done)
