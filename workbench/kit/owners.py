"""What only a store's owners see of it, and operators of every store."""

from django.db.models import QuerySet

from stores.permissions import GRANTS, MANAGE_STORE, can, roles_of
from workbench.kit.base import DeskAdmin
from workbench.kit.desk import Desk, desk_of


def managed_stores(desk: Desk) -> list[int]:
    """The stores at this desk that the user manages."""
    stores = [desk.store] if desk.store else desk.stores
    return [store.pk for store in stores if can(desk.user, MANAGE_STORE, store.pk)]


def manages(desk: Desk) -> bool:
    """Whether the user is an operator, or an owner of a store at this desk."""
    return desk.is_operator or bool(managed_stores(desk))


def managed_rows(desk: Desk, rows: QuerySet) -> QuerySet:
    """Those of the rows in scope that are the stores' which the user manages; an operator over all stores has all."""
    return rows if desk.is_operator and desk.store is None else rows.filter(store_id__in=managed_stores(desk))


class OwnersAdmin(DeskAdmin):
    """Rows of the stores that the user manages; of the others not even the existence."""

    def get_queryset(self, request):
        """Only stores in which the user is an owner."""
        return self.managed(request, super().get_queryset(request))

    def page_queryset(self, request):
        """See get_queryset."""
        return self.managed(request, super().page_queryset(request))

    @staticmethod
    def managed(request, rows):
        """Narrow rows to stores that the user manages."""
        if request.user.is_superuser:
            return rows
        own = [store_id for store_id, role in roles_of(request.user).items() if MANAGE_STORE in GRANTS[role]]
        return rows.filter(store_id__in=own)

    def has_add_permission(self, request):
        """Owners, in one store at a time."""
        store = desk_of(request).only_store
        return store is not None and can(request.user, MANAGE_STORE, store.pk)
