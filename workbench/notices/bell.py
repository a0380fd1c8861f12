"""The bell: what concerns whoever is signed in, in the stores at this desk, and what of it they haven't read."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.tenancy import tenant_scope
from notices.kinds import KINDS
from notices.models import DeskNotice
from notices.reading import MOST_COUNTED, mark_all_read, mark_notice_read, notices_for, unread, unread_count
from notices.wording import page_about, words_of
from stores.permissions import roles_of
from workbench.kit.desk import SESSION_KEY, desk_of
from workbench.kit.owners import managed_stores

PAGE = 50
LONGEST_ID = 18


def own_stores(request: HttpRequest) -> list[int]:
    """The stores shown at this desk in which the user has a role: an operator is told of nothing."""
    desk, roles = desk_of(request), roles_of(request.user)
    return [store_id for store_id in roles if desk.store is None or desk.store.pk == store_id]


def row_of(notice: DeskNotice) -> dict:
    """A notice as the page shows it."""
    words, kind = words_of(notice), KINDS.get(notice.kind)
    return {
        "notice": notice,
        "title": words.title,
        "detail": words.detail,
        "icon": kind.icon if kind else "notifications",
        "kind": kind.title if kind else "",
        "is_urgent": notice.is_urgent,
        "is_read": notice.was_opened or notice.pk <= notice.read_up_to,
    }


def bell_view(request: HttpRequest) -> TemplateResponse:
    """The page; `before` is the number at which the page before it ended, `unread` leaves out what is read."""
    stores = own_stores(request)
    rows, before = notices_for(request.user, stores), request.GET.get("before", "")
    if request.GET.get("unread"):
        rows = unread(rows)
    if before:
        rows = rows.filter(pk__lt=_number(before)) if _number(before) else rows.none()
    found = list(rows[: PAGE + 1])
    return TemplateResponse(
        request,
        "workbench/notices/bell.html",
        {
            **admin.site.each_context(request),
            "title": _("Notices"),
            "is_fullwidth": "1",
            "rows": [row_of(notice) for notice in found[:PAGE]],
            "up_to": found[0].pk if found and not before else 0,
            "only_unread": bool(request.GET.get("unread")),
            "before": before,
            "next_before": found[PAGE - 1].pk if len(found) > PAGE else None,
            "names_store": desk_of(request).only_store is None,
            "may_set": bool(managed_stores(desk_of(request))) and not desk_of(request).is_operator,
        },
    )


def bell_count_view(request: HttpRequest) -> JsonResponse:
    """How many notices are unread, as the bell shows it: a number, `99+` for more, nothing for none."""
    count = unread_count(request.user, own_stores(request))
    shown = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")
    return JsonResponse({"unread": shown, "label": _("Notices: %(count)s unread") % {"count": shown or "0"}})


def notice_open_view(request: HttpRequest, notice_id: int) -> HttpResponseRedirect:
    """Read a notice and go on to what it is about; Http404 for those of stores that the user doesn't work in.

    Whoever comes by a link of another store of theirs works in that one from then on.
    """
    stores = [*roles_of(request.user)]
    with tenant_scope(*stores):
        notice = DeskNotice.objects.in_scope().filter(pk=notice_id, store__in=stores).first()
        if notice is None:
            raise Http404
        if notices_for(request.user, stores).filter(pk=notice.pk).exists():
            mark_notice_read(notice=notice, user=request.user, now=request.now)
    desk = desk_of(request)
    if desk.store is not None and desk.store.pk != notice.store_id:
        request.session[SESSION_KEY] = notice.store_id
    return HttpResponseRedirect(page_about(notice))


@require_POST
def read_all_view(request: HttpRequest) -> HttpResponseRedirect:
    """All that the page has shown is read."""
    mark_all_read(user=request.user, store_ids=own_stores(request), up_to=_number(request.POST.get("up_to", "")))
    return HttpResponseRedirect(reverse("admin:notices"))


def _number(text: str) -> int:
    """The number of a notice that an address names; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0
