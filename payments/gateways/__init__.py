"""The gateways by name. Adding one is adding a file here and its name to the list below."""

from payments.gateways.base import Gateway
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.wechatpay import WeChatPayGateway

SANDBOX = "sandbox"
WECHATPAY = "wechatpay"
NAMES = (SANDBOX, WECHATPAY)
_gateways: dict[str, Gateway] = {SANDBOX: SandboxGateway()}


def gateway(name: str) -> Gateway:
    """The gateway that a payment names. KeyError for a name that isn't one, ImproperlyConfigured without its settings."""
    if name == WECHATPAY and name not in _gateways:
        _gateways[name] = WeChatPayGateway.from_settings()
    return _gateways[name]


def is_usable(name: str) -> bool:
    """Whether this platform has such a gateway and its settings."""
    return name == SANDBOX or (name == WECHATPAY and WeChatPayGateway.is_configured())


def usable_gateways() -> list[str]:
    """The names of those that stores may use."""
    return [name for name in NAMES if is_usable(name)]
