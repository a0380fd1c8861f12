"""The carriers, one file each: every module of this package registers its class (docs/adr/0016)."""

from common.registry import import_files
from orders.carriers.base import CARRIERS, Carrier, register

__all__ = ["CARRIERS", "DEFAULT", "Carrier", "carrier", "port_for", "register"]

DEFAULT = "sandbox"  # of parcels that no other carrier takes
_in_use: dict[str, Carrier] = {}

import_files(__name__, __path__)


def carrier(name: str) -> Carrier:
    """The carrier that a shipment is asked through.

    KeyError for an unknown name, ImproperlyConfigured without its settings.
    """
    if name not in _in_use:
        _in_use[name] = CARRIERS[name].from_settings()
    return _in_use[name]


def port_for(called: str) -> str:
    """Through which file a parcel is asked about whose carrier people call `called`: a configured one that takes it."""
    return next((name for name, each in CARRIERS.items() if each.takes(called) and each.is_configured()), DEFAULT)
