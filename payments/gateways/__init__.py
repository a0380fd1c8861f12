"""The gateways by name. Adding one is adding a file here and its name to the list below."""

from payments.gateways.base import Gateway
from payments.gateways.sandbox import SandboxGateway

SANDBOX = "sandbox"
_GATEWAYS: dict[str, Gateway] = {SANDBOX: SandboxGateway()}


def gateway(name: str) -> Gateway:
    """The gateway that a payment names."""
    return _GATEWAYS[name]
