"""The store itself: settings, product warehouse, return addresses. What is saved goes through actions."""

from copy import copy

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.calendar import PLATFORM_ZONE
from offers.eligibility import retains
from refunds.returnless.promises import enrolment_in_force
from stores import actions, marketplaces
from stores.ceilings import Ceiling
from stores.models import (
    MOST_TRIED,
    MOST_UNCLAIMED_DAYS,
    MOST_URGE_ALERT,
    UNCLAIMED_DAYS,
    Product,
    ReturnAddress,
    Store,
)
from stores.permissions import EDIT_CATALOG, MANAGE_STORE, OPERATE
from stores.why_not import why_not_retire_address
from workbench.kit.base import DeskAdmin, column
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.desk import desk_of
from workbench.kit.editing import AddingMixin, Changing, EditingMixin, RowForm, Saving
from workbench.kit.forms import YuanField, posted
from workbench.kit.marks import moment
from workbench.kit.search import WordSearch
from workbench.kit.words import yuan
from workbench.store.payment_terms import SetTerms


class ProductForm(RowForm):
    """A product; the item id is its name for ever."""

    price = YuanField(label=gettext_lazy("Price in yuan"))

    class Meta:
        model = Product
        fields = ("item_id", "title", "category", "price", "listed", "source")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["price"].widget.attrs["min"] = "0"


class AddProduct(Saving):
    """Put a product into the warehouse."""

    label, form, capability = gettext_lazy("Add a product"), ProductForm, EDIT_CATALOG

    def run(self, store, data, *, actor, now):
        actions.add_product(store=store, data=data, actor=actor, now=now)


class ChangeProduct(Changing):
    """Change a product."""

    form, capability, fixed = ProductForm, EDIT_CATALOG, ("item_id",)

    def run(self, product, data, *, actor, now):
        changes = {name: value for name, value in data.items() if name not in self.fixed}
        actions.update_product(product=product, changes=changes, actor=actor, now=now)


class ProductAdmin(AddingMixin, EditingMixin, WordSearch, DeskAdmin):
    """The product warehouse."""

    adding, editing = AddProduct(), ChangeProduct()
    list_display = ("title", "item_id", "category", "show_price", "listed", "source")
    list_filter = ("listed", "source")
    search_fields = ("item_id", "title")
    search_help_text = gettext_lazy("Item id or title")
    ordering = ("-id",)
    show_price = column(gettext_lazy("price"), lambda product: yuan(product.price))


class ReturnAddressForm(RowForm):
    """A return address."""

    class Meta:
        model = ReturnAddress
        fields = ("contact", "phone", "address")


class AddReturnAddress(Saving):
    """Give returns a place to go."""

    label, form, capability = gettext_lazy("Add a return address"), ReturnAddressForm, EDIT_CATALOG

    def run(self, store, data, *, actor, now):
        actions.add_return_address(store=store, **data, actor=actor, now=now)


class ChangeReturnAddress(Changing):
    """Have another address take this one's place."""

    form, capability, template = ReturnAddressForm, EDIT_CATALOG, "workbench/store/address.html"
    done = gettext_lazy("Saved. Buyers who were told the old address keep it.")

    def may(self, user, address):
        """A retired one is looked at."""
        return address.retired_at is None and super().may(user, address)

    def run(self, address, data, *, actor, now):
        actions.change_return_address(store_id=address.store_id, address_id=address.pk, **data, actor=actor, now=now)


class RetireReturnAddress(Decision):
    """Name it to no buyer any more."""

    code, label, icon, tone = "retire", gettext_lazy("Retire this address"), "wrong_location", "danger"
    done = gettext_lazy("The address is retired.")
    capability, leads_to = EDIT_CATALOG, "changelist"

    def concerns(self, address):
        """Only while it is in use."""
        return address.retired_at is None

    def refusal(self, address, now):
        return why_not_retire_address(address, ReturnAddress.objects.for_store(address.store_id).usable())

    def consequence(self, address):
        """Nothing changes for those who have it."""
        return _("No buyer is told this address any more; who was told it before sends the goods there.")

    def run(self, address, data, *, actor, now):
        actions.retire_return_address(store_id=address.store_id, address_id=address.pk, actor=actor, now=now)


class ReturnAddressAdmin(AddingMixin, EditingMixin, DeskAdmin):
    """Where returns go. The first one is used when nobody names one. Retired ones are found by their address only."""

    adding, editing, decisions = AddReturnAddress(), ChangeReturnAddress(), (RetireReturnAddress(),)
    list_display = ("contact", "phone", "address")
    ordering = ("place",)

    def get_queryset(self, request):
        """Those that can be named."""
        return super().get_queryset(request).usable()

    def decision_page(self, request, row, decision, form, template, **more):
        """With what else can be decided about it."""
        if decision is self.editing:
            more |= {"decide": self.choices(request, row)}
        return super().decision_page(request, row, decision, form, template, **more)


class CeilingInput(YuanField):
    """Yuan from zero on, or nothing for no ceiling."""

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.widget.attrs["min"] = "0"


class StoreForm(DecisionForm):
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
    second_factor_required = forms.BooleanField(
        label=gettext_lazy("Members need a second factor"),
        required=False,
        help_text=gettext_lazy("Whoever signs in without one sets it up before anything of the store is shown."),
    )
    shares_out_refunds = forms.BooleanField(
        label=gettext_lazy("Share new refunds out in turn"),
        required=False,
        help_text=gettext_lazy(
            "Requests that wait for an answer and are nobody's go to the agents one after another; to the owners where"
            " there is no agent."
        ),
    )
    urge_alert_at = forms.IntegerField(
        label=gettext_lazy("Urged orders that interrupt"),
        required=False,
        min_value=1,
        max_value=MOST_URGE_ALERT,
    )
    unclaimed_days = forms.IntegerField(
        label=gettext_lazy("Days for unclaimed parcels"),
        required=False,
        min_value=1,
        max_value=MOST_UNCLAIMED_DAYS,
    )
    agent_offer_ceiling = CeilingInput(
        label=Ceiling.OFFER.label,
        help_text=gettext_lazy("Yuan that one offer or coupon may cost, also when many are sent. Empty: no ceiling."),
    )
    agent_approval_ceiling = CeilingInput(
        label=Ceiling.APPROVAL.label,
        help_text=gettext_lazy("Yuan of one refund. Above it an owner approves. Empty: no ceiling."),
    )
    finance_payment_ceiling = CeilingInput(
        label=Ceiling.PAYMENT.label,
        help_text=gettext_lazy("Yuan of one small payment. Owners and API keys have no ceiling. Empty: no ceiling."),
    )

    most_offered_percent = forms.IntegerField(
        label=gettext_lazy("Largest share recommended, %"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=gettext_lazy(
            "Of what a buyer asks back. Recommended offers and those sent in bulk stay within it; who types an amount"
            " may go beyond. Empty: no ceiling."
        ),
    )
    tried_percent = forms.IntegerField(
        label=gettext_lazy("Refunds in which something is tried out, %"),
        min_value=0,
        max_value=MOST_TRIED,
        help_text=gettext_lazy(
            "In so many of a hundred refunds another method or amount comes first, so that the recommendation learns."
        ),
    )

    def __init__(self, *args, row: Store, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        if not retains(row):
            del self.fields["most_offered_percent"], self.fields["tried_percent"]
        self.fields["unclaimed_days"].help_text = _(
            "So long the warehouse may take to find out whose a parcel is that nobody announced. Empty: %(usual)d."
        ) % {"usual": UNCLAIMED_DAYS}
        if not row.rules.proposes_stay:
            del self.fields["priority_shipping_tag"]
        self.fields["urge_alert_at"].help_text = _(
            "When so many urged orders wait, the way into the desk and to shipping leads to them first (K6)."
            " Empty: %(usual)d, as the marketplace says."
        ) % {"usual": row.rules.urge_alert_at}

    def clean_unclaimed_days(self):
        """Nothing said is the usual number."""
        return self.cleaned_data["unclaimed_days"] or UNCLAIMED_DAYS


class NewStoreForm(StoreForm):
    """What the operator opens."""

    code = forms.SlugField(label=gettext_lazy("Code"), max_length=50)
    marketplace = forms.ChoiceField(label=gettext_lazy("Marketplace"))
    site = forms.ChoiceField(
        label=gettext_lazy("Site"),
        required=False,
        choices=lambda: [("", "–"), *marketplaces.site_choices()],
    )
    is_sandbox = forms.BooleanField(
        label=gettext_lazy("Sandbox"),
        required=False,
        help_text=gettext_lazy(
            "For trying things: it pays and ships through sandboxes only and has a clock to move on. It stays one."
        ),
    )
    field_order = ("code", "name", "marketplace", "site", "time_zone", "is_sandbox")

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


class OpenStore(Saving):
    """Open a store."""

    label, form, capability = gettext_lazy("Open a store"), NewStoreForm, OPERATE
    done = gettext_lazy("The store is open.")

    def run(self, row, data, *, actor, now):
        actions.create_store(**data, actor=actor, now=now)


class ChangeStore(Changing):
    """Change what is set of a store; some of it is the operator's."""

    capability, leads_to = MANAGE_STORE, "change"
    template = "workbench/store/settings.html"

    def title(self, store):
        """The store's name."""
        return store.name

    def fill(self, request, store):
        """The fields for whoever asks, with what is set now."""
        form = OperatorStoreForm if request.user.is_superuser else SettingsForm
        initial = {name: getattr(store, name) for name in form.base_fields}
        return form(posted(request), row=store, now=request.now, initial=initial)

    def context(self, store):
        """What the marketplace says, which nobody sets."""
        return {"rules": store.rules, "certified": enrolment_in_force(store.pk) is not None}

    def run(self, store, data, *, actor, now):
        store, settings = copy(store), dict(data)  # the page shows the store as it stays when this is refused
        is_open = settings.pop("negotiation_open", store.negotiation_open)
        actions.update_store(store=store, **settings, actor=actor, now=now)
        if is_open != store.negotiation_open:
            actions.open_negotiation(store=store, is_open=is_open, actor=actor, now=now)


class StoreAdmin(AddingMixin, EditingMixin, WordSearch, DeskAdmin):
    """The user's stores and their settings; for the operator every store."""

    adding, editing, decisions = OpenStore(), ChangeStore(), (SetTerms(),)
    list_display = ("name", "code", "marketplace", "time_zone", "negotiation_open", "show_sandbox", "show_created")
    list_filter = ("marketplace", "negotiation_open")
    search_fields = ("code", "name")
    search_help_text = gettext_lazy("Code or name")
    ordering = ("code",)
    show_sandbox = column(gettext_lazy("sandbox"), lambda store: _("Sandbox") if store.is_sandbox else "–")
    show_created = column(gettext_lazy("created"), lambda store: moment(store.created_at))

    def get_queryset(self, request):
        """The stores of the open scope: row-level security holds the wall."""
        return Store.objects.order_by("code")

    def page_queryset(self, request):
        """The stores of the open scope."""
        return Store.objects.all()

    def place_to_add(self, request):
        """Beside all others."""
        if desk_of(request).store is not None and request.user.is_superuser:
            raise PermissionDenied(_("Choose “All stores” first, at the top of the page."))
        return super().place_to_add(request)
