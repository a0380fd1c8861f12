"""Who calls, and over what: a proxy's word counts only when the proxy is named in TRUSTED_PROXIES."""

import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings

log = logging.getLogger("wanliu.web")

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)

OWNER = "wanliu.owner"  # in a request's environment: whose key it brought, once that was found good

Address = IPv4Address | IPv6Address


@lru_cache(maxsize=4)
def networks(named: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of TRUSTED_PROXIES. ValueError for what is none."""
    return tuple(ip_network(text, strict=False) for text in named)


def read_address(text: str) -> Address | None:
    """An address, with or without a port; None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_trusted(address: Address | None) -> bool:
    """Whether it is one of the named proxies."""
    return address is not None and any(address in network for network in networks(tuple(settings.TRUSTED_PROXIES)))


def client_behind(peer: Address, hops: Iterable[str]) -> Address:
    """The nearest address that isn't a proxy of ours: what is left of it anybody may have written."""
    client = peer
    for hop in hops:
        address = read_address(hop)
        if address is None or not is_trusted(client):
            break
        client = address
    return client


def address_behind(meta: Mapping[str, Any]) -> str:
    """The client's own address by a request's environment, in which the proxies' headers still are; "" for none."""
    said = meta.get("REMOTE_ADDR", "")
    peer = read_address(said)
    if not is_trusted(peer):
        return said
    return str(client_behind(peer, reversed(meta.get("HTTP_X_FORWARDED_FOR", "").split(","))))


@lru_cache(maxsize=1)
def _warn_once() -> None:
    log.warning("a forwarded address was ignored: the proxy that sent it isn't in TRUSTED_PROXIES")


class ProxyMiddleware:
    """Puts the client's own address and scheme where everybody looks for them, and takes the proxies' headers away.

    Cookies of an answer that goes back over TLS are for TLS only.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The answer."""
        meta = request.META
        address, is_behind = address_behind(meta), is_trusted(read_address(meta.get("REMOTE_ADDR", "")))
        said = {name: meta.pop(name) for name in FORWARDED if name in meta}
        if is_behind:
            meta["REMOTE_ADDR"] = address
            if said.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower() == "https":
                meta["wsgi.url_scheme"] = "https"
        elif "HTTP_X_FORWARDED_FOR" in said:
            _warn_once()
        response = self.get_response(request)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response


def client_address(request) -> str | None:
    """The client's address, for counting and for the record of sign-ins; None over a socket that has none."""
    return request.META.get("REMOTE_ADDR") or None
