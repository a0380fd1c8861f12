"""What is done to the saved views of lists: saving, renaming, sharing, deleting one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from stores.models import LONGEST_QUERY
from stores.people.saved_views import change_view, delete_view, save_view, seen_by, why_not_change_view
from stores.permissions import VIEW
from workbench.kit.changelist import next_page
from workbench.kit.decisions import Decision, DecisionForm, take
from workbench.kit.desk import desk_of, find_store


class ViewForm(DecisionForm):
    """A view's name, and how far it goes."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=60)
    is_shared = forms.BooleanField(label=gettext_lazy("For everybody in the store"), required=False)
    is_default = forms.BooleanField(label=gettext_lazy("The list opens like this"), required=False)


class NewViewForm(ViewForm):
    """What the list shows, under a name."""

    list_name = forms.CharField(max_length=60)
    query = forms.CharField(
        max_length=LONGEST_QUERY,
        required=False,
        error_messages={"max_length": gettext_lazy("This search is too long to be kept: search for less.")},
    )


class SaveView(Decision):
    """Keep what the list of a store shows."""

    code, label, icon, capability, form = "save-view", gettext_lazy("Save this view"), "bookmark_add", VIEW, NewViewForm
    done = gettext_lazy("The view is saved.")

    def __init__(self, user):
        self.user = user

    def refusal(self, store, now):
        """That depends on what is typed."""
        return None

    def run(self, store, data, *, actor, now):
        return save_view(store=store, user=self.user, **data, actor=actor, now=now)


class ChangeView(Decision):
    """Rename a view, share it or not, let the list open like it or not."""

    code, label, icon, capability, form = "change-view", gettext_lazy("Save"), "check", VIEW, ViewForm
    done = gettext_lazy("The view is changed.")

    def __init__(self, user):
        self.user = user

    def refusal(self, view, now):
        """Whether it is theirs."""
        return why_not_change_view(view, self.user)

    def run(self, view, data, *, actor, now):
        change_view(store_id=view.store_id, view_id=view.pk, user=self.user, **data, actor=actor, now=now)


class DeleteView(Decision):
    """Forget a view."""

    code, label, icon, capability, tone = "delete-view", gettext_lazy("Delete the view"), "delete", VIEW, "danger"
    done = gettext_lazy("The view is deleted.")

    def __init__(self, user):
        self.user = user

    def refusal(self, view, now):
        """Whether it is theirs."""
        return why_not_change_view(view, self.user)

    def run(self, view, data, *, actor, now):
        delete_view(store_id=view.store_id, view_id=view.pk, user=self.user, actor=actor, now=now)


@require_POST
def save_view_page(request: HttpRequest) -> HttpResponseRedirect:
    """Save what a list shows. Http404 for a store that the user doesn't work in."""
    store = find_store(request.user, request.POST.get("store", ""))
    if store is None or (desk_of(request).store or store).pk != store.pk:
        raise Http404
    return _decide(request, SaveView(request.user), store)


@require_POST
def change_view_page(request: HttpRequest, view_id: UUID) -> HttpResponseRedirect:
    """Change a view; with `delete` among what is sent, forget it. Http404 for one that the user doesn't see."""
    shown = [store.pk for store in desk_of(request).shown]
    view = seen_by(request.user, shown).filter(pk=view_id).first()
    if view is None:
        raise Http404
    return _decide(request, (DeleteView if "delete" in request.POST else ChangeView)(request.user), view)


def _decide(request: HttpRequest, decision: Decision, row: Any) -> HttpResponseRedirect:
    form = decision.fill(request, row)
    if form.is_valid() and take(request, decision, row, form) is not None:
        messages.success(request, str(decision.done))
    for name, texts in form.errors.items():
        label = form.fields[name].label if name in form.fields and form.fields[name].label else ""
        for text in texts:
            messages.error(request, _("%(field)s: %(text)s") % {"field": label, "text": text} if label else text)
    return HttpResponseRedirect(next_page(request))
