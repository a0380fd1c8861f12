"""Pages of the feed: from a cursor on, up to where the record is settled."""

from typing import NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from common.api.pagination import CursorPage
from common.settled import is_ahead

BIGGEST = 2**63 - 1
# A page looks through so many events for those that were asked for by name; the next page goes on behind them.
LOOKED_THROUGH = 20_000


class FeedPage(CursorPage):
    """Oldest first. `cursor` is what to ask `after` next time, whether there is more now (`next`) or not."""

    cursor_query_param = "after"
    page_size = 100

    def paginate_queryset(self, queryset, request, view=None):
        """The events behind the cursor. 400 for one that no page gave."""
        after, size = self._after(request), self.get_page_size(request)
        settled = view.settled().event_id
        if after > settled and is_ahead(after):
            self._refuse()
        end = self._reach(view.get_queryset(), after, settled) if "name" in request.query_params else settled
        page = list(queryset.filter(pk__gt=after, pk__lte=end).order_by("pk")[: size + 1])
        self.has_more = len(page) > size or end < settled
        self.cursor = str(page[size - 1].pk if len(page) > size else max(after, end))
        self.base_url = request.build_absolute_uri()
        return page[:size]

    def _reach(self, queryset, after: int, settled: int) -> int:
        behind = queryset.filter(pk__gt=after, pk__lte=settled).order_by("pk").values_list("pk", flat=True)
        return next(iter(behind[LOOKED_THROUGH - 1 : LOOKED_THROUGH]), settled)

    def _after(self, request) -> int:
        text = request.query_params.get(self.cursor_query_param, "0")
        if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= BIGGEST):
            self._refuse()
        return int(text)

    def _refuse(self) -> NoReturn:
        detail = _("Give back the “cursor” of a page, or an event's id.")
        raise ValidationError({self.cursor_query_param: [ErrorDetail(detail, "invalid")]})

    def get_paginated_response(self, data):
        """The page and where to go on."""
        following = replace_query_param(self.base_url, self.cursor_query_param, self.cursor)
        return Response(
            {"next": following if self.has_more else None, "previous": None, "results": data, "cursor": self.cursor}
        )

    def get_paginated_response_schema(self, schema):
        """What the answer holds."""
        shape = super().get_paginated_response_schema(schema)
        cursor = {"type": "string", "description": "Ask `after` this next time.", "example": "48215"}
        return {**shape, "properties": {**shape["properties"], "cursor": cursor}}
