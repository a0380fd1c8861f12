"""What the desk's admin classes share: read-only by default, cheap pages, and one way to call an action."""

from abc import ABCMeta
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, TypedDict

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.db import transaction
from django.db.models import Exists, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from common import clock, looks
from common.actors import Actor
from common.errors import Invalid, ManyRefused, NotFound, Refused, WanliuError
from stores.models import Store
from stores.permissions import actor_of
from workbench.kit.changelist import DeskChangeList, NotOffered, without
from workbench.kit.desk import desk_of
from workbench.kit.next_steps import NEXT_STEPS
from workbench.kit.shelf import shelf_of

MAX_PAGE = 200
PAGES_OF_HALVES = 5  # whoever turns more pages than these isn't in a hurry


class NextPaginator(InfinitePaginator):
    """Knows the rows of a page and whether another follows; never counts a history.

    The database picks and sorts ids alone: what a row shows (its order, its store, whether an offer is out) is
    looked up for those of the page, in `whole`, the list without its filters. `halves` names the yes or no by which the
    list is sorted before all else, if it is.
    """

    def __init__(self, object_list, per_page, *, whole: QuerySet, halves: str = ""):
        super().__init__(object_list, per_page)
        self.whole, self.halves = whole, halves

    def page(self, number) -> Page:
        """One page; a number out of bounds is the nearest one."""
        number = min(max(int(number), 1), MAX_PAGE)
        start = (number - 1) * self.per_page
        places = slice(start, start + self.per_page + 1)
        order = self.object_list.query.order_by
        if self.halves and number <= PAGES_OF_HALVES:
            rows = list(self.whole.filter(pk__in=self._of_halves(places.stop)).order_by(*order)[places])
        else:
            rows = list(self.whole.filter(pk__in=self.object_list.values("pk")[places]).order_by(*order))
        self.has_next = len(rows) > self.per_page and number < MAX_PAGE
        return Page(rows[: self.per_page], number, self)

    def _of_halves(self, end: int) -> QuerySet:
        """The ids up to this place, and some after it.

        Each half is walked by its index, the second only where the first is too short: together they'd be sorted.
        """
        _half, *order = self.object_list.query.order_by
        noes, yeses = (self.object_list.filter(**{self.halves: answer}).order_by(*order) for answer in (False, True))
        are_enough = Exists(noes[end - 1 : end])
        return noes.values("pk")[:end].union(yeses.filter(~are_enough).values("pk")[:end], all=True)

    @cached_property
    def count(self) -> int:
        """More than any page number needs."""
        return self.per_page * MAX_PAGE


class AbstractAdmin(ABCMeta, type(ModelAdmin)):
    """Lets a list leave methods abstract: one that lacks them can't be registered."""


class DeskAdmin(ModelAdmin, metaclass=AbstractAdmin):
    """A list and a page to look at. What changes state is a view of its own that calls an action."""

    actions = None
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count a history, filter by filter
    list_per_page = 50
    list_max_show_all = 0
    sortable_by = ()
    list_fullwidth = True
    change_list_template = "workbench/list.html"

    def has_add_permission(self, request):
        """Rows come from the marketplace and from actions."""
        return False

    def has_change_permission(self, request, obj=None):
        """Fields are never edited here."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Nothing is deleted here."""
        return False

    def get_queryset(self, request):
        """Rows of the open scope, named by store."""
        return self.model.objects.in_scope().select_related("store").order_by(*self.get_ordering(request))

    def get_paginator(self, request, queryset, per_page, orphans=0, allow_empty_first_page=True):
        """Pages of `queryset`, their rows as `get_queryset` has them."""
        return NextPaginator(queryset, per_page, whole=self.get_queryset(request), halves=self.halves(request))

    def halves(self, request) -> str:
        """The yes or no by which the list is sorted before all else, the noes first; empty for a list without."""
        return ""

    def get_list_display(self, request):
        """The columns; over several stores each row names its own."""
        columns = super().get_list_display(request)
        return columns if desk_of(request).only_store or self.model is Store else (*columns, "show_store")

    @admin.display(description=gettext_lazy("store"))
    def show_store(self, row) -> str:
        """Whose row it is; a marketplace's key is of no store."""
        return row.store.name if row.store else "–"

    def get_changelist(self, request, **kwargs):
        """The list that knows only what its page offers."""
        return DeskChangeList

    def changelist_view(self, request, extra_context=None):
        """The list, titled by what it lists; without the look-ups in the address that its page doesn't offer.

        Without any it opens as the user has said it should, if they have.
        """
        title = capfirst(str(self.opts.verbose_name_plural))
        context = {"title": title, "next_step": NEXT_STEPS.get(self.opts.label_lower), **(extra_context or {})}
        if self.list_filter or self.search_fields:
            queue = context["queue"].code if "queue" in context else ""
            shelf = context["shelf"] = shelf_of(request, self.opts.label_lower, queue)
            if shelf.default is not None and not request.GET:
                return HttpResponseRedirect(f"{request.path}?{shelf.default.query}")
        try:
            return super().changelist_view(request, context)
        except NotOffered as refusal:
            messages.warning(request, refusal.text)
            return HttpResponseRedirect(without(request, refusal.names))

    def find(self, request: HttpRequest, object_id) -> Any:
        """The row with this id in the open scope. Http404 when missing or foreign, without a difference."""
        try:
            key = self.model._meta.pk.to_python(object_id)
        except ValidationError:
            raise Http404 from None
        row = self.page_queryset(request).filter(pk=key).first()
        if row is None:
            raise Http404
        looks.shows(row)
        return row

    def page_queryset(self, request: HttpRequest):
        """The rows that have a page, with what the page needs."""
        return self.model.objects.in_scope().select_related("store")

    def page(self, request: HttpRequest, template: str, title: str, **context) -> TemplateResponse:
        """Render a page of this model's part of the desk."""
        return TemplateResponse(
            request,
            template,
            {
                **self.admin_site.each_context(request),
                "title": title,
                "opts": self.opts,
                "is_fullwidth": "1",
                "media": self.media,
                **context,
            },
        )

    def history_view(self, request, object_id, extra_context=None):
        """Events tell the history; the admin's own log isn't used."""
        raise Http404


def column(label: str, show: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """A list's column: what `show` makes of the row, under this label."""

    def value(self, row):
        return show(row)

    value.short_description = label
    return value


def timed_column(label: str, show: Callable[[Any, datetime], Any]) -> Callable[[Any, Any], Any]:
    """A column that tells how the row stands now: `show` also gets the request's instant, which a list keeps back."""
    return column(label, lambda row: show(row, clock.now()))


class By(TypedDict):
    """What every action is told."""

    actor: Actor
    now: datetime


def by(request: HttpRequest) -> By:
    """Who acts in this request, and when."""
    return {"actor": actor_of(request.user), "now": request.now}


def attempt(action: Callable[[], Any]) -> WanliuError | ValidationError | None:
    """Call an action in a savepoint; returns why it said no, in which case it has left nothing behind."""
    try:
        with transaction.atomic():
            action()
    except (Refused, ManyRefused, Invalid, NotFound, ValidationError) as refusal:
        return refusal
    return None


def show_refusal(request: HttpRequest, refusal: WanliuError | ValidationError) -> None:
    """Show a refusal as a message."""
    if isinstance(refusal, NotFound):
        raise Http404
    text = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
    messages.error(request, text)


def refused_back_to(name: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view whose refusal leads back to the list of this name, with the reason above it and nothing left behind."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(self, request: HttpRequest, **kwargs) -> HttpResponse:
            answers = []
            refused = attempt(lambda: answers.append(view(self, request, **kwargs)))
            if refused is None:
                return answers[0]
            show_refusal(request, refused)
            return HttpResponseRedirect(reverse(name))

        return inner

    return decorate


def put_on_form(form: forms.Form, refusal: WanliuError | ValidationError) -> None:
    """Show a refusal on the field that it names, else above the form."""
    if isinstance(refusal, ValidationError):
        by_field = getattr(refusal, "message_dict", {"": refusal.messages})
        for field, texts in by_field.items():
            for text in texts:
                form.add_error(field if field in form.fields else None, text)
        return
    if isinstance(refusal, ManyRefused):
        for each in refusal.refusals:
            form.add_error(None, str(each))
        return
    if isinstance(refusal, NotFound) and refusal.attr not in form.fields:
        raise Http404
    field = getattr(refusal, "attr", None)
    form.add_error(
        field if field in form.fields else None, str(refusal) or form.fields[field].error_messages["required"]
    )
