"""Where endpoints may be: on the public internet, and nowhere inside.

An address is looked at when an endpoint is made or changed, and again at each delivery, which connects to the very
address that was looked at: a name that points elsewhere a moment later changes nothing. What isn't known to be public
is refused, IPv6 forms that carry an IPv4 address included.
"""

import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import Invalid

LONGEST_URL = 500
RESOLVE_SECONDS = 5
# Of all IPv6 only this is handed out to the public; within it these carry IPv4 addresses or are nobody's.
PUBLIC_IPV6 = IPv6Network("2000::/3")
_NOT_PUBLIC = [
    ip_network(text)
    for text in ("192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3ffe::/16", "3fff::/20", "5f00::/16")
]
# In the middle of an address whose end is an IPv4 address (RFC 5214), whatever the network; one bit is free.
ISATAP, ISATAP_MASK = 0x00005EFE, 0xFDFFFFFF
_resolvers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="resolve")


class Forbidden(Exception):
    """The address isn't public, or the name leads nowhere."""


@dataclass(frozen=True)
class Target:
    """An endpoint's URL, taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the Host header names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """The parts of a URL. Forbidden for one that no endpoint may have."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode().rstrip(".")
    except (ValueError, UnicodeError):
        raise Forbidden from None
    is_odd = parts.username is not None or parts.password is not None or bool(parts.fragment) or "%" in host
    schemes = {"https", "http"} if settings.WEBHOOKS_ALLOW_LOOPBACK else {"https"}
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or is_odd:
        raise Forbidden
    if len(url) > LONGEST_URL or parts.scheme not in schemes or not host or port == 0:
        raise Forbidden
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return Target(parts.scheme, host, port or {"http": 80, "https": 443}[parts.scheme], path)


def addresses_of(target: Target) -> list[str]:
    """The addresses that the host's name has now. Forbidden when one of them isn't public, or there is none."""
    finding = _resolvers.submit(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
    try:
        found = finding.result(timeout=RESOLVE_SECONDS)
    except (OSError, UnicodeError, TookTooLong):
        raise Forbidden from None
    texts = list(dict.fromkeys(str(address[4][0]) for address in found))
    if not texts or not all(may_be_called(text, plain=target.scheme == "http") for text in texts):
        raise Forbidden
    return texts


def may_be_called(text: str, *, plain: bool = False) -> bool:
    """Whether this address is public; loopback where the installation opens it. Without TLS only loopback."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if settings.WEBHOOKS_ALLOW_LOOPBACK and text in ("127.0.0.1", "::1"):
        return True
    return not plain and _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and (address not in PUBLIC_IPV6 or address.scope_id):
        return False
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address) and int(address) >> 32 & ISATAP_MASK == ISATAP:
        return False
    return not any(address in network for network in _NOT_PUBLIC if network.version == address.version)


def check_url(url: str) -> None:
    """Invalid `url` unless an endpoint may be there now."""
    try:
        addresses_of(target_of(url))
    except Forbidden:
        detail = _("Write an https address on the public internet, of at most %(most)d characters.")
        raise Invalid("url", detail % {"most": LONGEST_URL}, "address_not_allowed") from None
