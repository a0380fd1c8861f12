"""At which desk somebody sits: the stores they work in, and the one they have picked."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import cached_property

from common.calendar import PLATFORM_ZONE
from common.tenancy import system_scope, tenant_scope
from connectors.platforms import platform_of
from offers.eligibility import retains
from refunds.states import RefundKind
from stores.models import Store, User
from stores.permissions import DECIDE_REFUNDS, INSPECT_RETURNS, can, memberships_of, roles_of

SESSION_KEY = "desk_store"
STORES_IN_SWITCHER = 30


@dataclass
class Desk:
    """What a signed-in user may work on now. `store` is the one picked, None for all of them."""

    user: User
    store: Store | None

    @property
    def is_operator(self) -> bool:
        """Whether this is the platform's view over all stores."""
        return self.user.is_superuser

    @cached_property
    def stores(self) -> list[Store]:
        """The stores to choose from, for an operator the first of them."""
        if self.is_operator:
            with system_scope():
                return list(Store.objects.order_by("code")[:STORES_IN_SWITCHER])
        return [membership.store for membership in memberships_of(self.user)]

    @property
    def only_store(self) -> Store | None:
        """The store that everything shown belongs to: the picked one, or a merchant's only one."""
        if self.store is None and not self.is_operator and len(self.stores) == 1:
            return self.stores[0]
        return self.store

    @property
    def shown(self) -> list[Store]:
        """The stores shown; an operator picks one first: the platform's stores are too many."""
        if self.only_store is not None:
            return [self.only_store]
        return [] if self.is_operator else self.stores

    @cached_property
    def is_warehouses(self) -> bool:
        """Whether its user inspects what comes back to the stores shown, and decides refunds in none of them."""
        inspects, decides = (
            any(can(self.user, capability, store.pk) for store in self.shown)
            for capability in (INSPECT_RETURNS, DECIDE_REFUNDS)
        )
        return inspects and not decides

    @cached_property
    def retaining(self) -> list[Store]:
        """The stores shown that can retain refunds."""
        return [store for store in self.shown if retains(store)]

    @cached_property
    def promises(self) -> bool:
        """Whether parcels may be owed somewhere at this desk: by an accepted offer, or by an exchange (Q16)."""
        stores = self.stores if self.only_store is None else [self.only_store]
        return self.is_operator or any(
            retains(store) or RefundKind.EXCHANGE in store.rules.refund_kinds for store in stores
        )

    @cached_property
    def returnless(self) -> list[Store]:
        """The stores shown whose marketplace has refund without return (R2)."""
        return [store for store in self.shown if store.rules.returnless_version]

    @cached_property
    def connectable(self) -> list[Store]:
        """The stores shown whose marketplace has an open platform that we know."""
        return [store for store in self.shown if platform_of(store.marketplace)]

    @cached_property
    def instant(self) -> list[Store]:
        """The stores shown whose marketplace refunds some buyers at once (P5)."""
        return [
            store
            for store in self.shown
            if store.rules.instant_refund_for_vip or store.rules.instant_refund_credit_score is not None
        ]

    @cached_property
    def sharing(self) -> list[Store]:
        """The stores shown that share new refunds out among their people."""
        return [store for store in self.shown if store.shares_out_refunds]

    @property
    def zone(self) -> str:
        """The time zone in which lists are shown: the store's, the stores' if it is one, else the platform's."""
        if self.only_store is not None:
            return self.only_store.time_zone
        zones = {store.time_zone for store in self.stores} if not self.is_operator else set()
        return zones.pop() if len(zones) == 1 else PLATFORM_ZONE

    def scope(self):
        """Open the tenant scope of this desk."""
        if self.store is not None:
            return tenant_scope(self.store.pk)
        return system_scope() if self.is_operator else tenant_scope(*roles_of(self.user))


def find_store(user: User, store_id) -> Store | None:
    """The store with this id if the user works in it; None otherwise, whatever the session or a form says."""
    if not str(store_id).isascii() or not str(store_id).isdigit() or len(str(store_id)) > 18:
        return None
    if not user.is_superuser:
        return next((each.store for each in memberships_of(user) if each.store_id == int(store_id)), None)
    with system_scope():
        return Store.objects.filter(pk=store_id).first()


def desk_of(request: HttpRequest) -> Desk:
    """The desk of the request's user, found once per request."""
    if not hasattr(request, "desk"):
        picked = request.session.get(SESSION_KEY)
        request.desk = Desk(request.user, find_store(request.user, picked) if picked else None)
    return request.desk
