"""The methods by code, as offers/methods/ registers them: models and SQL ask here, and name no method themselves."""

from collections.abc import Callable, Iterable
from typing import Any

from common.registry import Registry

# Of `offers.methods.Method`, which knows the models and so isn't known here.
METHODS: Registry[Any] = Registry(key=lambda method: method.order)


def method_choices() -> list[tuple[str, str]]:
    """The methods to choose from: code and label. A function, so that a new one needs no migration."""
    return [(code, method.label) for code, method in METHODS.items()]


def method_label(code: str) -> str:
    """What people call a method; the code itself for one that is not there any more."""
    return str(METHODS[code].label) if code in METHODS else code


def codes_where(asked: Callable[[Any], object]) -> list[str]:
    """The codes of the methods that answer yes."""
    return [code for code, method in METHODS.items() if asked(method)]


def gives_coupons(codes: Iterable[str]) -> bool:
    """Whether any of these methods, such as a marketplace's, gives coupons (Q13)."""
    return any(METHODS[code].gives_coupons for code in codes)


def method_parameters() -> dict[str, list[str]]:
    """The methods by what they do, for SQL. What one of `paying` pays has its code as purpose."""
    return {
        "changing": codes_where(lambda method: method.changes_refund),
        "keeping": codes_where(lambda method: not method.changes_refund),
        "ending": codes_where(lambda method: method.ends_work),
        "sparing": codes_where(lambda method: method.spares_return),
        "giving": codes_where(lambda method: method.gives_product),
        "by_platform": codes_where(lambda method: method.by_platform),
        "presenting": codes_where(lambda method: method.pays and not method.returns_price),
        "paying": codes_where(lambda method: method.pays),
    }
