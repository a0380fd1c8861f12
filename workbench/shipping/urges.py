"""The interruption: when too many urged orders wait, every page of the desk leads to them first (K6)."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef
from django.http import HttpRequest
from django.urls import reverse

from orders.models import Order
from stores.models import MOST_URGE_ALERT, Store
from stores.permissions import SHIP, VIEW, can
from workbench.kit.desk import desk_of

LIST = "orders_order_changelist"
# Pages from which urged orders are worked off: the interruption would only be in the way there.
_WORKED_OFF_FROM = ("orders_order_", "orders_shipmentimport_")


@dataclass(frozen=True)
class UrgedStore:
    """A store and how many urged orders wait in it, as far as they are counted."""

    name: str
    count: int

    @property
    def shown(self) -> str:
        """`12`, or `999+`."""
        return f"{MOST_URGE_ALERT}+" if self.count > MOST_URGE_ALERT else str(self.count)


@dataclass(frozen=True)
class UrgeAlert:
    """What interrupts. `url` is the list of the urged orders."""

    stores: list[UrgedStore]
    url: str

    @property
    def shown(self) -> str:
        """The urged orders of all these stores: `15`, or `1011+`."""
        capped = any(store.count > MOST_URGE_ALERT for store in self.stores)
        return f"{sum(min(store.count, MOST_URGE_ALERT) for store in self.stores)}{'+' if capped else ''}"


def urge_alert(request: HttpRequest) -> UrgeAlert | None:
    """The interruption that is due on this page, found with one statement per request; None when nothing is.

    The list of urged orders, the pages of orders and the ERP's import aren't interrupted, nor are the platform's
    operators: they ship nothing.
    """
    if not hasattr(request, "urge_alert"):
        request.urge_alert = None if _is_exempt(request) else _find(request)
    return request.urge_alert


def _is_exempt(request: HttpRequest) -> bool:
    view = request.resolver_match.url_name if request.resolver_match else None
    if view == LIST:
        return request.GET.get("queue") == "urged"
    return bool(view) and view.startswith(_WORKED_OFF_FROM)


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
    urged = [
        UrgedStore(store.name, counts[store.pk]) for store in concerned if counts.get(store.pk, 0) >= store.alerts_at
    ]
    return UrgeAlert(urged, f"{reverse(f'admin:{LIST}')}?queue=urged") if urged else None


def _count(store_ids: list[int]) -> dict[int, int]:
    """Store → its urged orders that wait, up to one more than MOST_URGE_ALERT.

    Read from the partial index, never beyond.
    """
    urged = Order.objects.filter(store_id=OuterRef("pk")).urged().values("pk")[: MOST_URGE_ALERT + 1]
    counted = Func(ArraySubquery(urged), function="cardinality", output_field=IntegerField())
    return dict(Store.objects.filter(pk__in=store_ids).values_list("pk", counted))
