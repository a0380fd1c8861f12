"""The port behind which carriers live: one file each."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeVar

from common.outside import OutsideParty
from common.registry import Registry
from orders.waybills import KnownCarrier, add_carrier


class CarrierStage(StrEnum):
    """Where a carrier says that a parcel is."""

    AWAITING_PICKUP = "awaiting_pickup"
    IN_TRANSIT = "in_transit"
    CANCELLED = "cancelled"  # recalled before it was picked up: it never left
    COMING_BACK = "coming_back"  # the recall is accepted
    BACK = "back"  # with its sender again
    RECALL_REFUSED = "recall_refused"  # it goes on to its recipient
    DELIVERED = "delivered"
    LOST = "lost"
    UNKNOWN = "unknown"  # a time-out or a fault: asked again later, never guessed


@dataclass(frozen=True)
class Consignment:
    """A parcel as a carrier is told of it. `key` is ours and stable over retries."""

    key: str
    carrier: str
    tracking_number: str
    address: str


@dataclass(frozen=True)
class CarrierReport:
    """What a carrier said about one key. An `error` is its own words, or our `sentence` (common/sentences.py)."""

    key: str
    stage: CarrierStage
    error: str = ""


class Carrier(OutsideParty, ABC):
    """A way to move parcels. Called outside any transaction; never raises for what may happen on a network.

    Every call may be repeated with the same key and then changes nothing more.
    """

    # What people call the carrier: its code in `orders.waybills`, or any name; capitals don't matter.
    called: ClassVar[frozenset[str]] = frozenset()
    # Its entry for the list of carriers that people name, when `orders.waybills` hasn't got it yet.
    known: ClassVar[KnownCarrier | None] = None

    @classmethod
    def takes_any(cls, names: Iterable[str]) -> bool:
        """Whether parcels of a carrier with one of these names are asked about here."""
        brought = (cls.known.code, *cls.known.called) if cls.known else ()
        own = {name.casefold() for name in (*cls.called, *brought)}
        return not own.isdisjoint(name.strip().casefold() for name in names)

    @abstractmethod
    def create_pickup(self, consignment: Consignment) -> CarrierReport:
        """Have the parcel picked up at the sender's."""

    @abstractmethod
    def recall(self, consignment: Consignment) -> CarrierReport:
        """Stop the parcel: cancel the pick-up if it is outstanding, else intercept it on its way."""

    @abstractmethod
    def track(self, consignment: Consignment) -> CarrierReport:
        """Where the parcel is now; a carrier that hasn't seen the number yet begins to follow it."""


CARRIERS: Registry[type[Carrier]] = Registry()
C = TypeVar("C", bound=type[Carrier])


def register(carrier: C) -> C:
    """Make a carrier known, and its names where it brings them: the decorator of every file's class."""
    if carrier.known:
        add_carrier(carrier.known)
    CARRIERS.add(carrier.name, carrier)
    return carrier
