"""Lists of what is the platform's own and no store's: the operator's alone."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy

from stores.permissions import OPERATE, can
from workbench.kit.base import DeskAdmin
from workbench.kit.editing import Changing

IN_FORCE = gettext_lazy("Saved; it holds from the next request on.")


class PlatformAdmin(DeskAdmin):
    """Rows of the platform itself: the operator's alone, added and changed by actions."""

    class Media:
        css = {"all": ["workbench/work.css"]}

    def has_view_permission(self, request, obj=None):
        """The operator."""
        return can(request.user, OPERATE, None)

    def find(self, request, object_id):
        """One of them. PermissionDenied for merchants, whether it is there or not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().find(request, object_id)

    def get_queryset(self, request):
        """All of them: they belong to no store."""
        return self.page_queryset(request).order_by(*self.get_ordering(request))

    def page_queryset(self, request):
        """See get_queryset."""
        return self.model.objects.all()

    def get_list_display(self, request):
        """The columns; there is no store to name."""
        return self.list_display


class ChangingPlatforms(Changing):
    """Change a row of the platform's."""

    capability, done = OPERATE, IN_FORCE

    def initial(self, row):
        """As it is."""
        return forms.model_to_dict(row)
