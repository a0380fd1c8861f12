"""Lists are cursor pages: no totals, no offsets, as quick on the last page as on the first."""

from rest_framework.pagination import CursorPagination


class CursorPage(CursorPagination):
    """Newest first: ids sort by time and are unique, so the id alone is the cursor."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"
