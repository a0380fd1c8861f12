"""What only a store's owners see of it."""

from stores.permissions import GRANTS, MANAGE_STORE, can, roles_of
from workbench.kit.base import DeskAdmin
from workbench.kit.desk import desk_of


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
