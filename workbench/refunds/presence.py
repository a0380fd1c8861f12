"""An open page of a refund says that it is looked at, and hears who else looks and what happened meanwhile."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from refunds.team.presence import appear, disappear
from stores.permissions import name_of
from workbench.kit.deciding import in_zone_of
from workbench.kit.fresh import news_since


class PresenceMixin:
    """The view that an open page asks every half a minute, as long as somebody can see it."""

    def looking_view(self, request: HttpRequest, object_id: UUID) -> JsonResponse:
        """Words about the others who look at the refund and about what happened since the page was shown; or empty."""
        refund = self.find(request, object_id)
        if "leave" in request.POST:
            disappear(refund_id=refund.pk, user_id=request.user.pk)
            return JsonResponse({})
        others = appear(refund_id=refund.pk, user_id=request.user.pk, name=name_of(request.user))
        return JsonResponse(
            {"others": who_looks(others), "news": in_zone_of(refund, lambda: news_words(request, refund))}
        )


def who_looks(names: list[str]) -> str:
    """`王芳 is looking at this, too.`"""
    if not names:
        return ""
    text = ngettext("%(names)s is looking at this, too.", "%(names)s are looking at this, too.", len(names))
    return text % {"names": ", ".join(names)}


def news_words(request: HttpRequest, refund) -> str:
    """What happened since the page was shown, so that nobody writes an answer for nothing."""
    news = news_since(request, refund)
    return _("This page is out of date: %(news)s.") % {"news": news} if news else ""
