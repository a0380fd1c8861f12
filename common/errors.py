"""The ways in which an action says no. Each leaves nothing behind: the caller's transaction is rolled back.

Why something can't be done now is decided by one function of its room, `why_not_<verb>(…) -> Refused | None`, about
objects that are loaded already. The action asks it under its lock, and the API and the desk ask it before: one
rule, one wording.
"""

from dataclasses import dataclass
from traceback import format_tb


class WanliuError(Exception):
    """Base of the refusals that a client is told about."""


@dataclass
class Refused(WanliuError):
    """The state or a rule refuses it now (HTTP 409).

    `detail` says what to do; `attr` names the field, if one is at fault.
    """

    code: str
    detail: str
    attr: str | None = None

    def __str__(self) -> str:
        return str(self.detail)


class Busy(Refused):
    """Too much of this kind is under way: the same call will do in a moment (HTTP 429, with Retry-After)."""

    def __init__(self, detail: str, *, wait_s: int = 5):
        super().__init__("busy", detail)
        self.wait_s = wait_s


@dataclass
class Invalid(WanliuError):
    """The input itself is wrong (HTTP 400); `attr` names the field."""

    attr: str
    detail: str
    code: str = "invalid"

    def __str__(self) -> str:
        return str(self.detail)


@dataclass
class NotFound(WanliuError):
    """Unknown, or somebody else's: the two are told apart nowhere (HTTP 404). `attr` names the field that named it."""

    attr: str | None = None


@dataclass
class ManyRefused(WanliuError):
    """Several things of one call are refused, each for its own reason; none of it is done."""

    refusals: list[Refused | NotFound]

    def __str__(self) -> str:
        return " ".join(str(refusal) for refusal in self.refusals if isinstance(refusal, Refused))


def refuse_if(reason: Refused | Invalid | None) -> None:
    """Raise what a `why_not_…` function has found to speak against it, if anything."""
    if reason is not None:
        raise reason


def kind_of(error: BaseException) -> str:
    """What went wrong, without the data that a message may hold: `IntegrityError 23514 order_claimed_within_paid`."""
    diagnosis = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
    known = diagnosis and (diagnosis.sqlstate, diagnosis.constraint_name)
    return " ".join([type(error).__name__, *filter(None, known or ())])


def told_safely(error: BaseException) -> str:
    """`kind_of` an error and the places in the code that it came through, for a log that holds nobody's data.

    Those of the errors that it came of stand below.
    """
    told, seen = [], set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        told.append(f"{kind_of(cause)}\n{''.join(format_tb(cause.__traceback__))}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "because of ".join(told)
