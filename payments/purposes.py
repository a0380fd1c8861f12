"""What payments are for: this room's own purposes, and those that rooms above make known (docs/adr/0016).

An offer's method that pays makes its own code a purpose.
"""

from dataclasses import dataclass

from django.utils.functional import Promise

from common.registry import Registry
from payments.states import PaymentPurpose


@dataclass(frozen=True)
class PurposeFacts:
    """What is true of a purpose. Money that `returns_price` is a part of what the order was paid.

    It goes back the way it came, and the refund's lines hold it. Other money is a present of the store's: it goes to
    the buyer's account, and is held of the order as a whole, or (a small payment) not at all. What `is_owed` once it
    was promised can't be given up.
    """

    label: str | Promise
    order: int  # its place where all purposes are listed
    returns_price: bool = False
    is_owed: bool = False


PURPOSES: Registry[PurposeFacts] = Registry(key=lambda facts: facts.order)
for place, own in enumerate(PaymentPurpose):
    PURPOSES.add(own.value, PurposeFacts(own.label, place, returns_price=own == PaymentPurpose.REFUND))


def purpose_choices() -> list[tuple[str, str | Promise]]:
    """Code and label of each. A function, so that a new one needs no migration."""
    return [(code, facts.label) for code, facts in PURPOSES.items()]


def purpose_label(code: str) -> str:
    """What people call a purpose; the code itself for one that is not there any more."""
    return str(PURPOSES[code].label) if code in PURPOSES else code


def returning_purposes() -> list[str]:
    """The codes of those whose money is a part of what the order was paid."""
    return [code for code, facts in PURPOSES.items() if facts.returns_price]
