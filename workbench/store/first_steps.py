"""What a new store needs before it can work, on the overview until it has a return address and its first order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offers.eligibility import retains
from offers.models import Coupon
from orders.models import Order
from stores.models import ApiKey, Membership, Product, ReturnAddress, Store
from stores.permissions import EDIT_CATALOG, EDIT_COUPONS, MANAGE_STORE, VIEW, can
from workbench.kit.desk import Desk


@dataclass(frozen=True)
class FirstStepKind:
    """A step: how it is called, why it is taken, who may take it and where; `rows` are there once it is done."""

    label: Promise
    why: Promise
    capability: str
    view: str
    rows: Callable[[Desk], QuerySet]
    concerns: Callable[[Store], bool] = lambda store: True


@dataclass(frozen=True)
class FirstStep:
    """A step of one store; without `url` the person's role can't take it."""

    label: str
    why: str
    is_done: bool
    url: str


@dataclass(frozen=True)
class NewStore:
    """A store that hasn't begun, and its steps."""

    store: Store
    steps: list[FirstStep]
    has_orders: bool

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)


KINDS = {
    "address": FirstStepKind(
        _("Return address"),
        _("Without one no return can be approved."),
        EDIT_CATALOG,
        "stores_returnaddress_changelist",
        lambda desk: ReturnAddress.objects.in_scope().usable(),
    ),
    "orders": FirstStepKind(
        _("First order"),
        _("Orders come from the marketplace; if none comes, ask the platform about the connection."),
        VIEW,
        "orders_order_changelist",
        lambda desk: Order.objects.in_scope(),
    ),
    "members": FirstStepKind(
        _("Members"),
        _("Who decides refunds, who ships, who pays."),
        MANAGE_STORE,
        "stores_membership_changelist",
        lambda desk: Membership.objects.in_scope().exclude(user=desk.user),
    ),
    "products": FirstStepKind(
        _("Product warehouse"),
        _("Gifts and exchanges are chosen from them."),
        EDIT_CATALOG,
        "stores_product_changelist",
        lambda desk: Product.objects.in_scope(),
    ),
    "coupons": FirstStepKind(
        _("Coupons"),
        _("Offers can promise them to buyers who stay."),
        EDIT_COUPONS,
        "offers_coupon_changelist",
        lambda desk: Coupon.objects.in_scope(),
        retains,
    ),
    "key": FirstStepKind(
        _("API key"),
        _("With it your own programs read refunds and ship."),
        MANAGE_STORE,
        "stores_apikey_changelist",
        lambda desk: ApiKey.objects.in_scope(),
    ),
}


def stores_by_steps(desk: Desk) -> QuerySet[Store]:
    """The stores shown at the desk, each with the steps that are done."""
    done = {f"has_{code}": Exists(kind.rows(desk).filter(store_id=OuterRef("pk"))) for code, kind in KINDS.items()}
    return Store.objects.filter(pk__in=[store.pk for store in desk.shown]).annotate(**done).order_by("code")


def new_stores(desk: Desk, stores: Iterable[Store]) -> list[NewStore]:
    """Those of `stores_by_steps` that lack a return address or an order."""
    return [
        NewStore(store, _steps(store, desk), store.has_orders)
        for store in stores
        if not (store.has_address and store.has_orders)
    ]


def _steps(store: Store, desk: Desk) -> list[FirstStep]:
    return [
        FirstStep(
            label=str(kind.label),
            why=str(kind.why),
            is_done=getattr(store, f"has_{code}"),
            url=reverse(f"admin:{kind.view}") if can(desk.user, kind.capability, store.pk) else "",
        )
        for code, kind in KINDS.items()
        if kind.concerns(store)
    ]
