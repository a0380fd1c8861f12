"""Lists are cursor pages: no totals, no offsets, as quick on the last page as on the first."""

from zlib import crc32

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.utils.urls import replace_query_param

SEPARATOR = "~"


class CursorPage(CursorPagination):
    """Newest first: ids sort by time and are unique, so the id alone is the cursor."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"

    def get_page_size(self, request):
        """How many rows are asked for, at most `max_page_size`. 400 for what isn't a number of rows."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and asked.strip("0")):
            detail = _("Ask for 1 to %(most)d rows a page.") % {"most": self.max_page_size}
            raise ValidationError({self.page_size_query_param: [ErrorDetail(detail, "invalid")]})
        return min(int(asked[:20]), self.max_page_size)

    def encode_cursor(self, cursor):
        """The page's address. Its cursor names the list that it is of, beside where in the list the page begins."""
        position = self._list() if cursor.position is None else f"{self._list()}{SEPARATOR}{cursor.position}"
        return super().encode_cursor(Cursor(cursor.offset, cursor.reverse, position))

    def decode_cursor(self, request):
        """Where the page begins. NotFound for a cursor of another list, and for one that isn't as a page gave it."""
        given = super().decode_cursor(request)
        if given is None:
            return None
        _list, separator, position = (given.position or "").partition(SEPARATOR)
        cursor = Cursor(given.offset, given.reverse, position if separator else None)
        text = request.query_params[self.cursor_query_param]
        as_given = replace_query_param(self.base_url, self.cursor_query_param, text)
        if self.encode_cursor(cursor) != as_given:
            raise NotFound
        return cursor

    def _list(self) -> str:
        """A mark of the list: whose it is, where, and in which order. Filters may change from page to page."""
        view = self.request.parser_context["view"]
        return f"{crc32(repr((view.store.pk, self.request.path, self.ordering)).encode()):08x}"

    def paginate_queryset(self, queryset, request, view=None):
        """One page. 400 for a cursor that this list never gave."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, DjangoValidationError) as error:
            if self.cursor_query_param not in request.query_params:
                raise
            detail = ErrorDetail(
                _("Follow the links “next” and “previous”; this cursor is not one of them."), "invalid"
            )
            raise ValidationError({self.cursor_query_param: [detail]}) from error
