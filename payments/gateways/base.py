"""The port behind which gateways live: one file each."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What is known after asking a gateway."""

    PAID = "paid"
    DECLINED = "declined"  # for good
    UNKNOWN = "unknown"  # a time-out or a fault: reconciled later, never guessed


@dataclass(frozen=True)
class Instruction:
    """What a gateway is asked to pay. `key` is stable over retries."""

    key: str
    buyer_id: str
    amount: Decimal


@dataclass(frozen=True)
class Answer:
    """What a gateway said about one key."""

    key: str
    outcome: Outcome
    reference: str = ""
    error: str = ""


class Gateway(Protocol):
    """A way to move money. Called outside any transaction; never raises for what may happen on a network."""

    def pay(self, instruction: Instruction) -> list[Answer]:
        """Pay once per key, however often it is called. More than one answer to one call is possible."""
        ...

    def look_up(self, key: str) -> Answer | None:
        """What became of a key; None when the gateway has never seen it."""
        ...
