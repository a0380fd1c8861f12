"""The carriers, one file each: every module of this package registers its class (docs/adr/0016).

base is the port: what every carrier can be asked. sandbox is one to try things with.
"""

from common.registry import import_files
from orders.carriers.base import CARRIERS, Carrier, register
from orders.waybills import known_codes, names_of

__all__ = ["CARRIERS", "DEFAULT", "Carrier", "carrier", "known_codes", "port_for", "register"]

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
    """Through which file a parcel of this carrier is asked about: a configured one that takes any of its names."""
    names = names_of(called)
    return next((name for name, each in CARRIERS.items() if each.takes_any(names) and each.is_configured()), DEFAULT)
