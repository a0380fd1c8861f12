"""Pages with fields to save: one that adds a row, one that changes it."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.models import Store
from stores.permissions import OPERATE, can, require
from workbench.kit.deciding import DecidingMixin, DecisionPagesMixin, in_zone_of
from workbench.kit.decisions import Decision
from workbench.kit.desk import desk_of
from workbench.kit.forms import DeskModelForm


class RowForm(DeskModelForm):
    """The fields of a row that is there, or of one to add to the store that `row` is."""

    def __init__(self, *args, row: Any, now: Any, **kwargs):
        super().__init__(*args, instance=row if isinstance(row, self._meta.model) else None, **kwargs)


class Saving(Decision):
    """Save what the fields say; the form checks the input, the action everything else."""

    code, label, verb = "save", gettext_lazy("Save"), gettext_lazy("Save")
    done = gettext_lazy("Saved.")
    template = "workbench/edit.html"
    leads_to = "changelist"
    fixed: ClassVar[tuple[str, ...]] = ()  # fields that stay as they are

    def refusal(self, row, now):
        """Nothing speaks against it before it is tried."""
        return None

    def fill(self, request, row):
        """With what can't be changed shown as it is."""
        form = super().fill(request, row)
        for name in self.fixed:
            form.fields[name].disabled = True
        return form


class Changing(Saving):
    """Save what a row's page says."""

    def title(self, row):
        """The row's own name."""
        return str(row)


def shut(form: forms.BaseForm) -> forms.BaseForm:
    """The form to look at, with every field closed."""
    for field in form.fields.values():
        field.disabled = True
    return form


def store_to_add_to(request: HttpRequest, capability: str) -> Store:
    """The picked (or only) store, if the user may do this there.

    PermissionDenied otherwise, also when none is picked.
    """
    store = desk_of(request).only_store
    if store is None:
        raise PermissionDenied(_("Pick one store first, at the top of the page."))
    require(request.user, capability, store.pk)
    return store


class AddingMixin(DecisionPagesMixin):
    """An admin with a page that adds a row to a store, or to what is the platform's own."""

    adding: ClassVar[Saving]

    def place_to_add(self, request: HttpRequest) -> Any:
        """What the row is added to: the picked store; None where rows belong to no store."""
        return None if self.adding.capability == OPERATE else store_to_add_to(request, self.adding.capability)

    def has_add_permission(self, request):
        """Who may add somewhere sees the button, in one store at a time."""
        if self.adding.capability == OPERATE:
            return can(request.user, OPERATE, None)
        store = desk_of(request).only_store
        return store is not None and can(request.user, self.adding.capability, store.pk)

    def add_view(self, request, form_url="", extra_context=None):
        """The page that adds one."""
        return self.decide(request, self.place_to_add(request), self.adding)


class EditingMixin(DecidingMixin):
    """An admin whose row's page is a form; whoever may not change the row looks at it."""

    editing: ClassVar[Saving]
    decisions = ()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The row's page, and what is saved on it."""
        row = self.find(request, object_id)
        if request.method == "POST":
            return in_zone_of(row, self.decide, request, row, self.editing)
        return in_zone_of(row, self.row_page, request, row)

    def row_page(self, request, row, bound=None):
        form, may_save = self.editing.fill(request, row), self.editing.may(request.user, row)
        form = form if may_save else shut(form)
        return self.decision_page(request, row, self.editing, form, self.editing.template, may_save=may_save)
