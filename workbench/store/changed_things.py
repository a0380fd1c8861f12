"""Where the things are that changes are about: a link to each that still is there, for who may see it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse

from common.ids import event_id
from common.models import Event
from stores.models import Store, User
from stores.permissions import MANAGE_STORE, can
from workbench.kit.deciding import DecidingMixin
from workbench.kit.desk import desk_of

# Events don't keep the ids of some kinds: so many rows of a kind are looked through for those that are meant.
MOST_ROWS = 500
# What has no page of its own is shown on another.
SHOWN_ON = {"costrates": "admin:insights_rates"}
ON_THE_STORES_PAGE = {"store", "paymentterms"}


def things_of(request: HttpRequest, events: Iterable[Event]) -> dict[int, str]:
    """Event's id → address of what it is about; none for what is gone. One statement for each kind of things."""
    kinds: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        kinds["store" if event.subject_type in ON_THE_STORES_PAGE else event.subject_type].append(event)
    admins = {model._meta.model_name: found for model, found in admin.site._registry.items()}
    found: dict[int, str] = {}
    for kind, group in kinds.items():
        if kind in SHOWN_ON:
            picked = desk_of(request).only_store  # such a page is that of the store that one works in
            if picked is not None and can(request.user, MANAGE_STORE, picked.pk):
                found |= {event.pk: reverse(SHOWN_ON[kind]) for event in group}
        elif kind in admins and admins[kind].has_view_permission(request):
            found |= _pages(request, admins[kind], group)
    return found


def _pages(request: HttpRequest, desk_admin: admin.ModelAdmin, group: Sequence[Event]) -> dict[int, str]:
    model = desk_admin.model
    address = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    if model is Store:
        return {event.pk: reverse(address, args=[event.store_id]) for event in group if event.store_id}
    pages = {event_id(row): reverse(address, args=[_key(desk_admin, row)]) for row in _rows(request, desk_admin, group)}
    return {event.pk: pages[event.subject_id] for event in group if event.subject_id in pages}


def _key(desk_admin: admin.ModelAdmin, row: models.Model) -> str:
    return desk_admin.row_key(row) if isinstance(desk_admin, DecidingMixin) else str(row.pk)


def _rows(request: HttpRequest, desk_admin: admin.ModelAdmin, group: Sequence[Event]) -> models.QuerySet:
    """Those of the rows with a page that the events may mean."""
    rows, model = desk_admin.get_queryset(request), desk_admin.model
    if isinstance(model._meta.pk, models.UUIDField):
        return rows.filter(pk__in={event.subject_id for event in group})
    if model is User:
        return rows.filter(username__in={event.data.get("username") for event in group})
    if any(field.name == "store" for field in model._meta.fields):
        rows = rows.filter(store_id__in={event.store_id for event in group})
    return rows[:MOST_ROWS]
