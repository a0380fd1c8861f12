"""The interruption: when too many urged orders wait, the ways to the desk and to shipping lead to them first (K6)."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef
from django.http import HttpRequest
from django.urls import reverse

from orders.models import Order
from stores.models import MOST_URGE_ALERT, Store
from stores.permissions import MANAGE_STORE, SHIP, VIEW, can
from workbench.kit.desk import desk_of

LIST = "orders_order_changelist"
# The way into the desk, and those into shipping; nothing else is interrupted, least of all what works urged orders off.
_INTERRUPTED = {"index", LIST, "orders_owedparcel_changelist"}


@dataclass(frozen=True)
class UrgedStore:
    """A store and how many urged orders wait in it, as far as they are counted.

    `settings` is the page that sets from how many on it interrupts, for whom it may be set.
    """

    name: str
    count: int
    settings: str

    @property
    def shown(self) -> str:
        """`12`, or `999+`."""
        return f"{MOST_URGE_ALERT}+" if self.count > MOST_URGE_ALERT else str(self.count)


@dataclass(frozen=True)
class UrgeAlert:
    """What interrupts. `url` is the list of the urged orders; `may_ship` whether they can be worked off from there."""

    stores: list[UrgedStore]
    url: str
    may_ship: bool

    @property
    def shown(self) -> str:
        """The urged orders of all these stores: `15`, or `1011+`."""
        capped = any(store.count > MOST_URGE_ALERT for store in self.stores)
        return f"{sum(min(store.count, MOST_URGE_ALERT) for store in self.stores)}{'+' if capped else ''}"


def urge_alert(request: HttpRequest) -> UrgeAlert | None:
    """The interruption that is due on this page, found with one statement per request; None when nothing is.

    Only the desk's home and the lists of what is to be shipped are interrupted, and not the list of urged orders; nor
    are the platform's operators: they ship nothing.
    """
    if not hasattr(request, "urge_alert"):
        request.urge_alert = None if _is_exempt(request) else _find(request)
    return request.urge_alert


def _is_exempt(request: HttpRequest) -> bool:
    view = request.resolver_match.url_name if request.resolver_match else None
    return view not in _INTERRUPTED or (view == LIST and request.GET.get("queue") == "urged")


def _find(request: HttpRequest) -> UrgeAlert | None:
    desk = desk_of(request)
    if desk.is_operator:
        return None
    stores = [desk.only_store] if desk.only_store else desk.stores
    concerned = [
        store
        for store in stores
        if store.smart_customer_service and (can(request.user, SHIP, store.pk) or can(request.user, VIEW, store.pk))
    ]
    if not concerned:
        return None
    counts = _count([store.pk for store in concerned])
    urged = [store for store in concerned if counts.get(store.pk, 0) >= store.alerts_at]
    if not urged:
        return None
    return UrgeAlert(
        [UrgedStore(store.name, counts[store.pk], _settings(request, store)) for store in urged],
        f"{reverse(f'admin:{LIST}')}?queue=urged",
        any(can(request.user, SHIP, store.pk) for store in urged),
    )


def _settings(request: HttpRequest, store: Store) -> str:
    if not can(request.user, MANAGE_STORE, store.pk):
        return ""
    return reverse("admin:stores_store_change", args=[store.pk]) + "#id_urge_alert_at"


def _count(store_ids: list[int]) -> dict[int, int]:
    """Store → its urged orders that wait, up to one more than MOST_URGE_ALERT.

    Read from the partial index, never beyond.
    """
    urged = Order.objects.filter(store_id=OuterRef("pk")).urged().values("pk")[: MOST_URGE_ALERT + 1]
    counted = Func(ArraySubquery(urged), function="cardinality", output_field=IntegerField())
    return dict(Store.objects.filter(pk__in=store_ids).values_list("pk", counted))
