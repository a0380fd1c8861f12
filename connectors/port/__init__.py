"""The port behind which open platforms live: one file each in `platforms/`.

A platform is asked about one shop at a time and remembers nothing: what it needs to know of the shop is a `Shop`, what
it says is one of the frozen shapes below, in our units (yuan as Decimal, aware instants). Values that the platform's
documents don't explain are kept as they came (`raw_status`, `raw`) and never guessed at. Whatever goes wrong is a
`PlatformError` of one of the classes below; no other exception leaves a platform's file.

platform (what can be asked), shapes (what is said), errors (what can go wrong).
"""

from connectors.port.errors import (
    BadPush,
    NotThere,
    PlatformError,
    PlatformFault,
    ReauthorisationNeeded,
    Refusal,
    SetupFault,
    Throttled,
    TokenExpired,
    Unreachable,
    UnreadableCopy,
    WindowTooFull,
    WriteAuthorisationEnded,
    WrongSetup,
)
from connectors.port.platform import PLATFORMS, Platform, register
from connectors.port.shapes import (
    AddressCopy,
    Authorisation,
    Brief,
    Hint,
    Limit,
    LimitScope,
    LineCopy,
    OrderCopy,
    PlatformDecision,
    PushAnswer,
    RefundCopy,
    RefundStage,
    RefusalReason,
    Secret,
    Shop,
    Tokens,
    Verb,
    Verdict,
    VerdictOutcome,
    Windows,
)

__all__ = [
    "PLATFORMS",
    "AddressCopy",
    "Authorisation",
    "BadPush",
    "Brief",
    "Hint",
    "Limit",
    "LimitScope",
    "LineCopy",
    "NotThere",
    "OrderCopy",
    "Platform",
    "PlatformDecision",
    "PlatformError",
    "PlatformFault",
    "PushAnswer",
    "ReauthorisationNeeded",
    "RefundCopy",
    "RefundStage",
    "Refusal",
    "RefusalReason",
    "Secret",
    "SetupFault",
    "Shop",
    "Throttled",
    "TokenExpired",
    "Tokens",
    "Unreachable",
    "UnreadableCopy",
    "Verb",
    "Verdict",
    "VerdictOutcome",
    "WindowTooFull",
    "Windows",
    "WriteAuthorisationEnded",
    "WrongSetup",
    "register",
]
