"""How long what is kept, and when it was last let go: the operator's page."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from common.models import Forgetting
from common.retention import all_retentions
from stores.permissions import OPERATE, can


class KeptKind(NamedTuple):
    """A line of the page: days, None for ever; `last_at` is None where nothing ever looked after it."""

    title: str
    setting: str
    days: int | None
    default: int | None
    least: int | None
    last_at: datetime | None
    last_rows: int
    rows: int


def retention_view(request: HttpRequest) -> TemplateResponse:
    """The page. It changes nothing: settings are the environment's."""
    if not can(request.user, OPERATE, None):
        raise PermissionDenied
    noted = {row.kind: row for row in Forgetting.objects.all()}
    kinds = []
    for kind in all_retentions():
        default, least = settings.KEPT_DAYS.get(kind.setting, (None, None))
        days = None if kind.kept_for is None else kind.kept_for // timedelta(days=1)
        note = noted.get(kind.name)
        last = (note.last_at, note.last_rows, note.rows) if note else (None, 0, 0)
        kinds.append(KeptKind(str(kind.title), kind.setting, days, default, least, *last))
    context = {**admin.site.each_context(request), "title": _("What is kept for how long"), "is_fullwidth": "1"}
    return TemplateResponse(request, "workbench/platform/retention.html", {**context, "kinds": kinds})
