"""The gateways, one file each: every module of this package registers its class (docs/adr/0016).

base is the port: what every gateway can be asked. sandbox is one to try things with.
"""

from common.registry import import_files
from payments.gateways.base import GATEWAYS, Gateway, register

__all__ = [
    "DEFAULT",
    "GATEWAYS",
    "Gateway",
    "calls_at_once",
    "gateway",
    "is_usable",
    "register",
    "reporting_gateway",
    "usable_gateways",
    "waits_for_reports",
]

DEFAULT = "sandbox"  # of a store for which the operator has chosen none
_in_use: dict[str, Gateway] = {}

import_files(__name__, __path__)


def gateway(name: str) -> Gateway:
    """The gateway that a payment names.

    KeyError for a name that isn't one, ImproperlyConfigured without its settings.
    """
    if name not in _in_use:
        _in_use[name] = GATEWAYS[name].from_settings()
    return _in_use[name]


def is_usable(name: str) -> bool:
    """Whether this platform has such a gateway and its settings, and a store may choose it."""
    return name in GATEWAYS and GATEWAYS[name].is_configured() and not waits_for_reports(name)


def calls_at_once(name: str) -> int:
    """How many calls of one worker this gateway takes at once."""
    return GATEWAYS[name].calls_at_once if name in GATEWAYS else 1


def waits_for_reports(name: str) -> bool:
    """Whether payments through this gateway are never asked about: what became of them is reported."""
    return name in GATEWAYS and GATEWAYS[name].waits_for_reports


def reporting_gateway() -> str:
    """The gateway that pays by itself and only reports."""
    return next(name for name, kind in GATEWAYS.items() if kind.waits_for_reports)


def usable_gateways() -> list[str]:
    """The names of those that stores may use."""
    return [name for name in GATEWAYS if is_usable(name)]
