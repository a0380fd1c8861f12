"""What is said at the port: shops, copies of refunds, decisions, messages, in our units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any


class RefundStage(StrEnum):
    """What a platform's status means to us, whatever it calls it there."""

    ASKED = "asked"  # the merchant is to answer the request
    AWAITING_RETURN = "awaiting_return"  # agreed; the buyer is to send the goods
    RETURNING = "returning"  # the goods are on their way to, or with, the merchant, who is to confirm the receipt
    AGREED = "agreed"  # the platform pays the money out
    REFUNDED = "refunded"
    REFUSED = "refused"  # by the merchant; the buyer may go on
    DISPUTED = "disputed"  # the platform decides
    TO_RESHIP = "to_reship"  # the merchant is to send the new goods
    RESHIPPED = "reshipped"  # the new goods are on their way
    EXCHANGED = "exchanged"  # and they arrived
    WITHDRAWN = "withdrawn"  # by the buyer
    CLOSED = "closed"  # without any money
    FAILED = "failed"  # agreed, and the money could not be paid out
    UNKNOWN = "unknown"  # not in the platform's documents: shown as it came, for a person to look at


class Verb(StrEnum):
    """What a merchant decides at the marketplace."""

    AGREE_REFUND = "agree_refund"  # pay the money out, for goods that don't come back
    AGREE_RETURN = "agree_return"  # the buyer may send the goods, to an address of the shop
    AGREE_EXCHANGE = "agree_exchange"
    CONFIRM_RECEIPT = "confirm_receipt"  # the goods came back: pay the money out
    REFUSE = "refuse"  # the request
    REFUSE_RECEIPT = "refuse_receipt"  # what came back
    RESHIP = "reship"  # the new goods are on their way
    CHANGE_REQUEST = "change_request"  # propose another kind or amount to the buyer
    EXTEND = "extend"  # give the merchant more time to look at what came back


class Secret(StrEnum):
    """What a shop's application at a platform keeps secret. A platform says which of them it needs."""

    APP_SECRET = "app_secret"
    SIGN_SECRET = "sign_secret"  # signs calls, where that isn't the application's secret
    MESSAGE_KEY = "message_key"  # decrypts pushed messages
    TOKEN = "token"  # verifies pushed messages
    AES_KEY = "aes_key"  # decrypts pushed messages


class Authorisation(StrEnum):
    """How a shop lets our application in."""

    OAUTH = "oauth"  # the merchant follows a link and comes back with a code
    APPLICATION = "application"  # the shop's own application has a token by its key and secret


class LimitScope(StrEnum):
    """Whose calls a limit counts."""

    SHOP = "shop"
    APPLICATION = "application"


@dataclass(frozen=True)
class Limit:
    """At most `calls` in `per` for one shop or one application; `call` empty means all calls together."""

    scope: LimitScope
    calls: int
    per: timedelta
    call: str = ""


@dataclass(frozen=True, kw_only=True)
class Windows:
    """How changed refunds may be listed.

    A window is at most `span` long, ends at least `lag` behind the platform's clock, since rows are still being
    written until then, and begins `overlap` before the last one ended. Nothing older than `reach` can be listed.
    """

    span: timedelta
    lag: timedelta
    overlap: timedelta
    reach: timedelta | None = None


@dataclass(frozen=True)
class Tokens:
    """What an authorisation gave. The instants are when each ends; None where the platform says none.

    `write_expires_at` is when decisions stop although reading still works (TOP's w2). A platform whose refresh token
    can't be used again gives the new one; an empty one can't be refreshed: a person authorises anew.
    """

    access_token: str
    expires_at: datetime | None
    refresh_token: str = ""
    refresh_expires_at: datetime | None = None
    write_expires_at: datetime | None = None
    shop_id: str = ""  # the platform's id of the shop that let us in
    shop_name: str = ""


@dataclass(frozen=True)
class Shop:
    """A shop as a platform is asked about it. `secrets` and tokens never appear in its repr."""

    app_key: str
    secrets: Mapping[Secret, str] = field(repr=False)
    base_url: str = ""  # empty: the platform's documented address
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    shop_id: str = ""
    marketplace: str = ""  # the store's: a platform may rule several, and let each ask something else


@dataclass(frozen=True)
class LineCopy:
    """Goods that a refund is about, as the platform names them."""

    item_id: str
    quantity: int = 1
    unit_price: Decimal | None = None  # yuan
    title: str = ""
    sku: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderCopy:
    """As much of the order as a refund's copy tells. Addresses are masked or encrypted there, so none is taken."""

    number: str
    buyer_id: str = ""  # the platform's own id of the buyer (open id), never a name made up
    buyer_name: str = ""  # as shown there, mostly masked
    paid_amount: Decimal | None = None  # yuan
    paid_at: datetime | None = None
    is_shipped: bool | None = None
    lines: tuple[LineCopy, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RefundCopy:
    """A refund as the platform has it. Copies are ordered by `version`; a newer one wins, whenever it arrives.

    `kind` and `reason` are ours (`refund_only`, `return_and_refund`, `exchange`; a code of `RefundReason`), empty where
    the platform's has no counterpart; `raw_kind` and `raw_reason` are as they came. `deadline` is of the merchant's
    step, or of whoever is to act, as the platform says. `raw` is what was read, for the desk and the next decision;
    receivers' data is left out of it.
    """

    id: str
    order: OrderCopy
    version: int
    updated_at: datetime
    created_at: datetime | None
    stage: RefundStage
    raw_status: str
    kind: str
    raw_kind: str
    reason: str = ""
    raw_reason: str = ""
    description: str = ""
    amount: Decimal  # yuan, asked for
    refunded_amount: Decimal | None = None  # yuan, once paid out
    deadline: datetime | None = None
    return_carrier: str = ""
    return_tracking_number: str = ""
    lines: tuple[LineCopy, ...] = ()
    refused: frozenset[Verb] = frozenset()  # decisions that the platform says are not possible now
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def as_decided_on(self) -> tuple[object, ...]:
        """What a decision is about: where any of it has changed, the agent saw another refund."""
        return self.version, self.raw_status, self.raw_kind, self.amount


@dataclass(frozen=True)
class Brief:
    """A line of a list of changes. A platform whose list tells everything gives the `copy`; else it is read by id.

    `version` is 0 where the list tells none; an empty `id` stands for a line that can't be read.
    """

    id: str
    order_number: str
    version: int
    copy: RefundCopy | None = None


@dataclass(frozen=True)
class Hint:
    """A message's content: this refund has changed, read it again. `key` is the same when the message is repeated."""

    key: str
    refund_id: str
    order_number: str = ""
    message_id: str = ""  # for confirming it, where messages are fetched
    shop_id: str = ""  # whose it is, where an application's messages come together; empty: the asked one's


@dataclass(frozen=True)
class PushAnswer:
    """What the platform wants to hear about a push: sent as it is, at once."""

    body: bytes
    content_type: str = "application/json"


@dataclass(frozen=True, kw_only=True)
class PlatformDecision:
    """What a merchant decided about the copy that the desk showed. `key` is stable over retries."""

    key: str
    verb: Verb
    copy: RefundCopy
    amount: Decimal | None = None  # yuan
    address_id: str = ""  # the platform's id of a return address
    reason_code: str = ""
    text: str = ""
    evidence: tuple[tuple[str, bytes], ...] = ()  # file name, content
    kind: str = ""  # CHANGE_REQUEST: to what
    carrier: str = ""
    tracking_number: str = ""
    code: str = ""  # the SMS code, once the platform asked for one


class VerdictOutcome(StrEnum):
    """What became of a decision."""

    DONE = "done"
    MOVED_ON = "moved_on"  # the refund has changed since the agent saw it
    REFUSED = "refused"  # for good, for the reason in `text`
    CODE_WANTED = "code_wanted"  # the seller's phone got a code: send it with the decision
    BY_HAND = "by_hand"  # the platform wants this done in its own back office


@dataclass(frozen=True)
class Verdict:
    """What the platform said to a decision, with its own code and words."""

    outcome: VerdictOutcome
    code: str = ""
    text: str = ""


@dataclass(frozen=True)
class RefusalReason:
    """One of the platform's own reasons to refuse, and what it demands with it."""

    code: str
    text: str
    needs_text: bool = False
    needs_evidence: bool = False


@dataclass(frozen=True)
class AddressCopy:
    """A return address that the shop keeps at the platform."""

    id: str
    text: str
    is_default: bool = False
