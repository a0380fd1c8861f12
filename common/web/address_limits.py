"""How often one address may call without a key: the ways in that nobody is known on."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from common.rates import Rate, count_use
from common.web.proxies import client_address
from common.web.refusals import refuse

WINDOW_S = 60


class WayIn(NamedTuple):
    """Requests whose path begins like this, and how many of them an address may send a minute."""

    prefix: str
    most: int
    methods: tuple[str, ...] = ()


WAYS_IN = (
    WayIn("/api/v1/schema/", 30),
    WayIn("/api/v1/docs/", 60),
    WayIn("/admin/login/", 30, ("POST",)),
    WayIn("/admin/login/", 240),
    WayIn("/admin/second-step/", 30, ("POST",)),
    WayIn("/admin/second-step/", 240),
    WayIn("/admin/join/", 30, ("POST",)),
    WayIn("/admin/join/", 240),
    WayIn("/admin/password", 20, ("POST",)),  # asking for a link, and using one
    WayIn("/admin/password", 240),
    WayIn("/b/", 240),
    WayIn("/i18n/", 60),
    WayIn("/live/", 240),
    WayIn("/gateways/", 3000),
    WayIn("/connect/", 6000),
    WayIn("/readyz", 600),
)
WITHOUT_A_KEY = WayIn("/api/", 120)


def way_of(request) -> WayIn | None:
    """What the request counts as; None for one that brings a key or a session."""
    for way in WAYS_IN:
        if request.path.startswith(way.prefix) and request.method in (way.methods or (request.method,)):
            return way
    if request.path.startswith(WITHOUT_A_KEY.prefix) and "HTTP_AUTHORIZATION" not in request.META:
        return WITHOUT_A_KEY
    return None


def note_rate(request, rate: Rate | None) -> None:
    """Let the answer tell its caller how much of its rate is left; the rate that was counted last is told."""
    if rate is not None:
        request.rate = rate


class AddressLimitMiddleware:
    """Sends an address away (429) that calls too often without saying who it is.

    Answers of the API tell how much of the rate is left; whoever brings a key is counted by the view
    (`stores.api.throttle`).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The answer."""
        response = self._refusal(request) or self.get_response(request)
        if request.path.startswith(WITHOUT_A_KEY.prefix) and (rate := getattr(request, "rate", None)) is not None:
            for name, value in rate.headers().items():
                response[name] = value
        return response

    def _refusal(self, request):
        """429 for one who called too often; None for everybody else."""
        way = way_of(request)
        if way is None:
            return None
        name = "".join(way.methods) + way.prefix
        rate = count_use(f"address:{name}:{client_address(request)}", most=way.most, window_s=WINDOW_S)
        note_rate(request, rate)
        return too_often(request, rate.wait_s) if rate and rate.wait_s else None


def too_often(request, wait_s: int):
    """429 with the seconds after which to come back."""
    response = refuse(
        request, 429, "throttled", _("Too many calls; try again in %(seconds)d seconds.") % {"seconds": wait_s}
    )
    response["Retry-After"] = str(wait_s)
    return response
