"""A list that executes what its page offers and nothing else, whatever stands in the address."""

from django import forms
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from unfold.views import ChangeList

LONGEST_SEARCH = 100
LONGEST_NAMED = 40


class NotOffered(DisallowedModelAdminLookup):
    """The address asks for look-ups (`names`) that the page has no filter for."""

    def __init__(self, names: list[str]):
        super().__init__(", ".join(names))
        self.names = names

    @property
    def text(self) -> str:
        """What to tell the person."""
        named = Truncator(", ".join(self.names)).chars(LONGEST_NAMED)
        return _("This list can't be filtered by “%(name)s”; that part of the address was left out.") % {"name": named}


class SearchForm(forms.Form):
    """The search line: a few words, since each of them costs a look at every row."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[SEARCH_VAR] = forms.CharField(required=False, strip=False, max_length=LONGEST_SEARCH)


class DeskChangeList(ChangeList):
    """Raises NotOffered, before anything is asked of the database, for what is neither a filter nor the search line."""

    search_form_class = SearchForm

    def get_filters(self, request):
        """Django's, which by itself would take any look-up of any field."""
        unasked = set(self.params) - self._offered()
        if unasked:
            raise NotOffered(sorted(unasked))
        # The form sends its unused selects too: as values they would match no row.
        self.params = {name: value for name, value in self.params.items() if value}
        self.filter_params = {name: values for name, values in self.filter_params.items() if any(values)}
        return super().get_filters(request)

    def _offered(self) -> set[str]:
        """The names that the page's filters and its search line send."""
        filters = {f"{each}__exact" if isinstance(each, str) else each.parameter_name for each in self.list_filter}
        return {SEARCH_VAR} | filters


def without(request: HttpRequest, names: list[str]) -> str:
    """The request's address without these parts."""
    kept = request.GET.copy()
    for name in names:
        kept.pop(name, None)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path
