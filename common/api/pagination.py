"""Lists are cursor pages: no totals, no offsets, as quick on the last page as on the first."""

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import CursorPagination


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
