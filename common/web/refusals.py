"""What is said about a request whose head or body the front didn't take (`config.front`)."""

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def words_of_refusal(reason: str) -> tuple[int, str, str]:
    """Status, code and sentence."""
    match reason:
        case "too_large":
            return 413, "request_too_large", _("The body is too large for this address; send less at once.")
        case "too_slow":
            return 408, "request_timeout", _("The body didn't arrive in time; send it again.")
        case "not_utf8":
            return 415, "unsupported_media_type", _("Send the body in UTF-8.")
    return 400, "parse_error", _("A header holds characters beyond ASCII; leave them out.")


class RefusalMiddleware:
    """Answers in the API's error shape or as a page, like every other refusal."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The refusal, or the answer."""
        reason = request.META.get("wanliu.refusal")
        if reason is None:
            return self.get_response(request)
        return refuse(request, *words_of_refusal(reason))


def refuse(request, status: int, code: str, detail: str) -> HttpResponse:
    """An error answer of the kind that the address is known for."""
    if request.path.startswith(("/api/", "/gateways/")):
        body = {"type": "client_error", "errors": [{"code": code, "detail": detail, "attr": None}]}
        response: HttpResponse = JsonResponse(body, status=status)
    else:
        response = HttpResponse(
            render_to_string("refused.html", {"detail": detail, "wait": status == 429}), status=status
        )
    if status in (408, 413):
        response["Connection"] = "close"
    return response
