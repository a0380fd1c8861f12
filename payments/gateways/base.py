"""The port behind which gateways live: one file each."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, TypeVar

from common.outside import OutsideParty
from common.registry import Registry
from common.upkeep import Check

LONGEST_EVENT_ID, LONGEST_KEY = 100, 64
LARGEST = Decimal(10**10)
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL takes neither
# What reading a hostile JSON may raise.
READING_FAILS = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)


class GatewayOutcome(StrEnum):
    """What is known after asking a gateway."""

    PAID = "paid"
    DECLINED = "declined"  # for good
    UNKNOWN = "unknown"  # a time-out or a fault: reconciled later, never guessed
    RETURNED = "returned"  # was paid and came back


@dataclass(frozen=True)
class Instruction:
    """What a gateway is asked to pay. `key` is stable over retries. A refund goes back the way the order was paid."""

    key: str
    buyer_id: str
    amount: Decimal
    order_number: str = ""
    order_amount: Decimal = Decimal("0.00")
    is_refund: bool = False


@dataclass(frozen=True)
class GatewayAnswer:
    """What a gateway said about one key."""

    key: str
    outcome: GatewayOutcome
    reference: str = ""
    error: str = ""


@dataclass(frozen=True)
class Notice:
    """What a gateway told us unasked. `event_id` is the same however often it is sent."""

    event_id: str
    key: str
    outcome: GatewayOutcome
    amount: Decimal | None = None
    reference: str = ""
    error: str = ""

    def __post_init__(self) -> None:
        """ValueError for what can't be kept as it is.

        Other types, empty or endless names, NUL, half a surrogate pair.
        """
        texts = (self.event_id, self.key, self.reference, self.error)
        if not all(isinstance(text, str) and not UNSTORABLE.search(text) for text in texts):
            raise ValueError("a text is none")
        if not (0 < len(self.event_id) <= LONGEST_EVENT_ID and 0 < len(self.key) <= LONGEST_KEY):
            raise ValueError("the event or the key has no fit length")
        if self.amount is not None and not (self.amount.is_finite() and abs(self.amount) < LARGEST):
            raise ValueError("no amount of money")


@dataclass(frozen=True)
class StatementLine:
    """What a gateway did with one key on a day: `outcome` is PAID, DECLINED or RETURNED."""

    key: str
    outcome: GatewayOutcome
    amount: Decimal
    reference: str = ""


class BadNotice(Exception):
    """A notice that isn't the gateway's, is too old, or can't be read."""


class UnreadableNotice(BadNotice):
    """Signed by the gateway, and yet not what its notices look like."""


class NoStatement(Exception):
    """The gateway doesn't have the statement (yet), or could not be reached."""


class Gateway(OutsideParty, ABC):
    """A way to move money. Called outside any transaction; never raises for what may happen on a network.

    One that `waits_for_reports` pays by itself, for reasons of its own: nobody asks it. Its payments are no work for a
    worker, no store chooses it, and `payments.reported` books what is heard of them.
    """

    waits_for_reports: ClassVar[bool] = False

    # How many calls one worker may have under way at once. Where it is more than one, `pay` and `look_up` are called by
    # threads, each with a connection to the database of its own, should they need one.
    calls_at_once: ClassVar[int] = 1

    # What must hold between our books and what this installation knows of the gateway's own, for `verify_ledger`.
    checks: ClassVar[Sequence[Check]] = ()

    @abstractmethod
    def pay(self, instruction: Instruction) -> list[GatewayAnswer]:
        """Pay once per key, however often it is called. More than one answer to one call is possible."""

    @abstractmethod
    def look_up(self, key: str) -> GatewayAnswer | None:
        """What became of a key; None when the gateway has never seen it."""

    @abstractmethod
    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """Check the signature and read what is told; None for what doesn't concern payments. BadNotice, or
        UnreadableNotice when it is the gateway's indeed."""

    @abstractmethod
    def statement(self, day: date) -> Iterable[StatementLine]:
        """What was moved on a day of the gateway's calendar (China). NoStatement."""


GATEWAYS: Registry[type[Gateway]] = Registry()
G = TypeVar("G", bound=type[Gateway])


def register(gateway: G) -> G:
    """Make a gateway known: the decorator of every file's class."""
    GATEWAYS.add(gateway.name, gateway)
    return gateway
