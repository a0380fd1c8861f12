"""Where people work no call or form is answered that came in plain text: whoever listened has a key or a password."""

from django.conf import settings
from django.utils.translation import gettext as _

from common.web.refusals import refuse

SAFE = ("GET", "HEAD")
OF_PROGRAMS = ("/api/", "/gateways/", "/connect/")


class PlainTextMiddleware:
    """Refuses (403 `tls_needed`) calls and forms that didn't come by TLS. Pages are sent there (SECURE_SSL_REDIRECT).

    A program that is sent on would send its key in plain text each time, and nobody would notice.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The refusal, or the answer."""
        if not settings.SECURE_SSL_REDIRECT or request.is_secure():
            return self.get_response(request)
        if request.method in SAFE and not request.path.startswith(OF_PROGRAMS):
            return self.get_response(request)
        sentence = _("Ask by https only. A key or password that was sent may have been read on the way: change it.")
        return refuse(request, 403, "tls_needed", sentence)
