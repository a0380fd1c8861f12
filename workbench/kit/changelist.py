"""A list that executes what its page offers and nothing else, whatever stands in the address."""

from collections.abc import Mapping

from django import forms
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.views import ChangeList

from common import looks

LONGEST_SEARCH = 100
LONGEST_NAMED = 40
QUEUE_VAR = "queue"  # which tab is open
PAGE_SIZES = (50, 100, 200)
PAGE_SIZE_KEY = "desk_page_size"


class NotOffered(DisallowedModelAdminLookup):
    """The address asks for look-ups (`names`) that the page has no filter for, or not with these `values`."""

    def __init__(self, names: list[str], values: Mapping[str, str] | None = None):
        super().__init__(", ".join(names))
        self.names, self.values = names, values or {}

    @property
    def text(self) -> str:
        """What to tell the person."""
        named = Truncator(", ".join(self.names)).chars(LONGEST_NAMED)
        if self.values:
            told = ", ".join(f"{label}: {value}" for label, value in self.values.items())
            return _(
                "This list has nothing like “%(told)s” to filter by now; that part of the address was left out."
            ) % {"told": Truncator(told).chars(LONGEST_NAMED)}
        return _("This list can't be filtered by “%(name)s”; that part of the address was left out.") % {"name": named}


class SearchForm(forms.Form):
    """The search line: a few words, since each of them costs a look at every row."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[SEARCH_VAR] = forms.CharField(required=False, strip=False, max_length=LONGEST_SEARCH)


class DeskChangeList(ChangeList):
    """Raises NotOffered, before anything is asked of the database, for what is neither a filter nor the search line."""

    search_form_class = SearchForm

    def get_results(self, request):
        """A page of them, as long as the person likes pages."""
        self.list_per_page = request.session.get(PAGE_SIZE_KEY, self.list_per_page)
        super().get_results(request)
        looks.shows_list(self.result_list)

    @cached_property
    def is_bare(self) -> bool:
        """Whether there is nothing to list at all, whatever is asked for.

        Asked for the newest, which an index gives: for exists() PostgreSQL reads a table from its beginning where it
        believes that a store's rows are everywhere.
        """
        return not self.result_list and not self.root_queryset.order_by("-pk").values("pk")[:1]

    @cached_property
    def is_filtered(self) -> bool:
        """Whether a filter narrows the list, or the tab of it that is open."""
        return any(value for name, value in self.get_filters_params(self.params).items() if name != QUEUE_VAR)

    def get_filters(self, request):
        """Django's, which by itself would take any look-up of any field."""
        unasked = set(self.params) - self._offered()
        if unasked:
            raise NotOffered(sorted(unasked))
        # The form sends its unused selects too: as values they would match no row.
        self.params = {name: value for name, value in self.params.items() if value}
        self.filter_params = {name: values for name, values in self.filter_params.items() if any(values)}
        found = super().get_filters(request)
        self._refuse_unknown_values(found[0])
        return found

    def _refuse_unknown_values(self, specs: list) -> None:
        """NotOffered for what a filter would pass over in silence: a value that it doesn't offer (any more)."""
        told, names = {}, []
        handled = {SEARCH_VAR}
        for spec in specs:
            name = name_of_filter(spec)
            handled.add(name)
            value = str(spec.value() or "") if hasattr(spec, "value") else self.params.get(name, "")
            if value and value not in {str(key) for key, _label in options_of(spec)}:
                names.append(name)
                told[capfirst(str(spec.title))] = value
        for name in set(self.params) - handled - {QUEUE_VAR}:  # a filter that has nothing to offer here
            names.append(name)
            told[self._title_of(name)] = self.params[name]
        if names:
            raise NotOffered(sorted(names), told)

    def _title_of(self, name: str) -> str:
        """What people call the filter that the address names, though it has nothing to offer here."""
        titles = {getattr(each, "parameter_name", None): getattr(each, "title", name) for each in self.list_filter}
        return capfirst(str(titles.get(name, name)))

    def _offered(self) -> set[str]:
        """The names that the page's filters and its search line send."""
        filters = {f"{each}__exact" if isinstance(each, str) else each.parameter_name for each in self.list_filter}
        return {SEARCH_VAR} | filters


def name_of_filter(spec) -> str:
    """What a filter is called in the address."""
    return getattr(spec, "lookup_kwarg", None) or spec.parameter_name


def options_of(spec) -> list[tuple[str, str]]:
    """The values that a filter offers, with their labels, but for "all"."""
    if hasattr(spec, "lookup_choices") and not callable(spec.lookup_choices):
        return list(spec.lookup_choices)
    choices = spec.field.flatchoices if spec.field.flatchoices else [("1", _("Yes")), ("0", _("No"))]
    return [(str(value), label) for value, label in choices]


def without(request: HttpRequest, names: list[str]) -> str:
    """The request's address without these parts."""
    kept = request.GET.copy()
    for name in names:
        kept.pop(name, None)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


@require_POST
def choose_page_size(request: HttpRequest) -> HttpResponseRedirect:
    """How many rows a list's page has for this person from now on; kept in the session. 404 for another number."""
    size = next((size for size in PAGE_SIZES if str(size) == request.POST.get("size")), None)
    if size is None:
        raise Http404
    request.session[PAGE_SIZE_KEY] = size
    return HttpResponseRedirect(next_page(request))


def next_page(request: HttpRequest) -> str:
    """Where the form came from, if that is here; else the overview."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse("admin:index")
