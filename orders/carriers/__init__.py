"""The carriers by name. Adding one is adding a file here and its name to the list below."""

from orders.carriers.base import Carrier
from orders.carriers.sandbox import SandboxCarrier

SANDBOX = "sandbox"
_CARRIERS: dict[str, Carrier] = {SANDBOX: SandboxCarrier()}


def carrier(name: str) -> Carrier:
    """The carrier that a shipment names."""
    return _CARRIERS[name]
