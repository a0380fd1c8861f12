"""What every open platform can be asked."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from common.registry import Registry
from common.words import in_one_language
from connectors.port.shapes import (
    AddressCopy,
    Authorisation,
    Brief,
    Hint,
    Limit,
    PlatformDecision,
    PushAnswer,
    RefundCopy,
    RefusalReason,
    Secret,
    Shop,
    Tokens,
    Verb,
    Verdict,
    Windows,
)


class Platform(ABC):
    """An open platform. Called outside any transaction; every call may take seconds and may raise `PlatformError`.

    The same object serves all shops and threads. Times that the platform gives as "seconds left" are made absolute
    with the instant `now` of the call.
    """

    name: ClassVar[str]  # the file's
    label: ClassVar[str]  # in both languages, the Chinese one first: `common.words.in_one_language`
    marketplaces: ClassVar[frozenset[str]]  # the rule files whose stores it serves
    base_url: ClassVar[str]  # its documented address
    authorisation: ClassVar[Authorisation]
    secrets: ClassVar[frozenset[Secret]]  # beside these a shop needs its app key
    push_secrets: ClassVar[frozenset[Secret]] = frozenset()  # only for pushed messages
    windows: ClassVar[Windows]
    limits: ClassVar[tuple[Limit, ...]] = ()
    decides: ClassVar[frozenset[Verb]]  # what it has a call for; the rest is a person's task at `back_office`
    back_office: ClassVar[str]  # where a person does what there is no call for
    fetches_messages: ClassVar[bool] = False
    takes_pushes: ClassVar[bool] = False
    names_shop: ClassVar[bool] = False  # of an application with several shops each is named by its id
    reships_at_receipt: ClassVar[bool] = False  # an exchange's receipt is told by sending the new goods, RESHIP
    proposes: ClassVar[frozenset[str]] = frozenset()  # CHANGE_REQUEST: the kinds of request that may be proposed
    proposes_amount: ClassVar[bool] = False  # … and another amount as well
    extends_within: ClassVar[timedelta | None] = None  # EXTEND: so long before the deadline, where it has a call

    @property
    def shown(self) -> str:
        """What it is called in the reader's language."""
        return in_one_language(self.label)

    def authorise_link(self, shop: Shop, *, state: str, callback: str) -> str:
        """Where the merchant's browser goes to let us in (OAUTH only)."""
        raise NotImplementedError(f"{self.name} has no authorisation by a link")

    def redeem(self, shop: Shop, *, code: str, callback: str, now: datetime) -> Tokens:
        """The tokens for the code that the merchant came back with (OAUTH only)."""
        raise NotImplementedError(f"{self.name} has no authorisation by a link")

    @abstractmethod
    def refresh(self, shop: Shop, *, now: datetime) -> Tokens:
        """New tokens. For APPLICATION also the first ones. ReauthorisationNeeded where only a person can."""

    @abstractmethod
    def list_changed(self, shop: Shop, *, since: datetime, until: datetime, now: datetime) -> Iterator[Sequence[Brief]]:
        """The refunds changed in the window, page by page, in the order that loses none while rows shift.

        The caller keeps the window within `windows`. WindowTooFull asks for a shorter one.
        """

    @abstractmethod
    def read(self, shop: Shop, *, refund_id: str, order_number: str, now: datetime) -> RefundCopy:
        """One refund as it is now. NotThere."""

    @abstractmethod
    def decide(self, shop: Shop, decision: PlatformDecision, *, now: datetime) -> Verdict:
        """Send one decision, with the version that the agent saw where the platform takes one. Sent once per call:

        retrying is the caller's, who reads the refund first.
        """

    @abstractmethod
    def refusal_reasons(self, shop: Shop, copy: RefundCopy, *, now: datetime) -> Sequence[RefusalReason]:
        """The platform's own reasons for refusing this refund as it stands; empty where any words will do."""

    @abstractmethod
    def return_addresses(self, shop: Shop, *, now: datetime) -> Sequence[AddressCopy]:
        """The addresses that returns may go to."""

    def fetch_messages(self, shop: Shop, *, now: datetime) -> Sequence[Hint]:
        """Messages that wait to be fetched and confirmed (where `fetches_messages`)."""
        raise NotImplementedError(f"{self.name} has no messages to fetch")

    def confirm_messages(self, shop: Shop, message_ids: Sequence[str], *, now: datetime) -> None:
        """Tell that these messages are kept here, so that they don't come again (where `fetches_messages`)."""
        raise NotImplementedError(f"{self.name} has no messages to confirm")

    def read_push(
        self, shop: Shop, *, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> tuple[Sequence[Hint], PushAnswer]:
        """Verify and decrypt what was pushed, and what to answer; no hints for tests and heartbeats. BadPush.

        Asks nobody, so that the answer goes out within the platform's seconds (where `takes_pushes`).
        """
        raise NotImplementedError(f"{self.name} pushes nothing")


PLATFORMS: Registry[type[Platform]] = Registry()
P = TypeVar("P", bound=type[Platform])


def register(platform: P) -> P:
    """Make a platform known: the decorator of every file's class."""
    PLATFORMS.add(platform.name, platform)
    return platform
