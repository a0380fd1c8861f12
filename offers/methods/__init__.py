"""The methods by code. Adding one is adding a file here and its class to the list below."""

from offers.methods.base import Case, Method, Terms
from offers.methods.change_to_refund_only import ChangeToRefundOnly
from offers.methods.change_to_return import ChangeToReturn
from offers.methods.coupon import CouponMethod
from offers.methods.exchange import Exchange
from offers.methods.gift import Gift
from offers.methods.partial_refund import PartialRefund
from offers.methods.reassurance import Reassurance
from offers.methods.red_packet import RedPacket
from offers.methods.reship import Reship
from offers.methods.stay import Stay

METHODS: dict[str, Method] = {
    method.code: method()
    for method in (
        Reassurance,
        CouponMethod,
        Exchange,
        Gift,
        PartialRefund,
        Reship,
        RedPacket,
        ChangeToRefundOnly,
        ChangeToReturn,
        Stay,
    )
}

__all__ = ["METHODS", "Case", "Method", "Terms"]
