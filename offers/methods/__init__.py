"""The methods by code. Adding one is adding a file here and its class to the list below."""

from offers.methods.base import Case, Method, Terms
from offers.methods.change_to_refund_only import ChangeToRefundOnly
from offers.methods.change_to_return import ChangeToReturn

METHODS: dict[str, Method] = {method.code: method() for method in (ChangeToRefundOnly, ChangeToReturn)}

__all__ = ["METHODS", "Case", "Method", "Terms"]
