"""Addresses without their final slash: whoever reads is sent on, whoever writes is told."""

from django.middleware.common import CommonMiddleware


class SlashMiddleware(CommonMiddleware):
    """Django's, which would send a POST on as well: it arrived as a GET, without its body, and was answered 200."""

    def process_request(self, request):
        """Refuses a `Host` that isn't named; of a balancer or a probe, which may know the address alone, it is none."""
        return None if request.path_info == "/readyz" else super().process_request(request)

    def should_redirect_with_slash(self, request) -> bool:
        """Whether to send the caller on."""
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)
