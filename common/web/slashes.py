"""Addresses without their final slash: whoever reads is sent on, whoever writes is told."""

from django.middleware.common import CommonMiddleware


class SlashMiddleware(CommonMiddleware):
    """Django's, which would send a POST on as well: it arrived as a GET, without its body, and was answered 200."""

    def should_redirect_with_slash(self, request) -> bool:
        """Whether to send the caller on."""
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)
