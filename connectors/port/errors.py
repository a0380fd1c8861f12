"""What can go wrong at a platform, by what is to be done about it."""

from enum import StrEnum

from common.sentences import sentence as _


class PlatformError(Exception):
    """What went wrong at a platform, never with a secret in it, and who says so.

    `code` and `text` are the platform's own, as they came; `ours` are our words, where it is us who found it.
    """

    def __init__(self, text: str = "", *, code: str = "", ours: str = "") -> None:
        super().__init__(ours or f"{code} {text}".strip())
        self.code, self.text, self.ours = code, text, ours

    @property
    def said(self) -> str:
        """The platform's code and words; empty where it said nothing."""
        return f"{self.code} {self.text}".strip()

    @property
    def in_words(self) -> str:
        """For people, who see whose words they are; empty where there are none."""
        if self.ours or not self.said:
            return self.ours
        return _("The marketplace said: %(said)s") % {"said": self.said}

    @property
    def explained(self) -> str:
        """The same, and never empty."""
        return self.in_words or _("The marketplace failed and didn't say why.")


class Unreachable(PlatformError):
    """No answer, or none that can be read. A decision may have been done all the same: read before sending again."""

    def __init__(self, ours: str = "") -> None:
        super().__init__(ours=ours)


class Throttled(PlatformError):
    """Too many calls. `seconds` until the next, where the platform says so. Nothing was done."""

    def __init__(self, text: str = "", *, code: str = "", ours: str = "", seconds: int | None = None) -> None:
        super().__init__(text, code=code, ours=ours)
        self.seconds = seconds


class PlatformFault(PlatformError):
    """The platform's own trouble (isp.*, system busy): later again. A decision may have been done."""


class TokenExpired(PlatformError):
    """The access token no longer holds: refresh it and ask again. Nothing was done."""


class ReauthorisationNeeded(PlatformError):
    """The authorisation ended or was revoked: a person has to authorise anew. Nothing was done."""


class WriteAuthorisationEnded(ReauthorisationNeeded):
    """Reading still works, decisions don't (TOP 53)."""


class SetupFault(StrEnum):
    """What is wrong with how a shop was connected; each is a sentence in the desk that says what to do."""

    WRONG_KEY = "wrong_key"  # the platform doesn't know the application
    WRONG_SECRET = "wrong_secret"  # it can't verify what we sign
    ADDRESS_NOT_ALLOWED = "address_not_allowed"  # our address isn't on its white list
    NO_PERMISSION = "no_permission"  # the application lacks a package of permissions
    CLOCK_OFF = "clock_off"  # our clock and the platform's differ by minutes
    CONNECTED_TWICE = "connected_twice"  # the shop is another store's already
    OTHER_SHOP = "other_shop"  # the token is of another shop
    TEST_APPLICATION = "test_application"  # the application is not live yet, and its calls are capped


class WrongSetup(PlatformError):
    """Nothing will work until a person has mended the connection. Nothing was done."""

    def __init__(self, fault: SetupFault, text: str = "", *, code: str = "", ours: str = "") -> None:
        super().__init__(text, code=code, ours=ours)
        self.fault = fault


class Refusal(PlatformError):
    """Our call was refused for what it says (isv.*, bad arguments): not sent again as it is."""


class NotThere(PlatformError):
    """The platform has no such refund for this shop."""


class UnreadableCopy(PlatformError):
    """A refund's copy lacks what we need, or says what can't be: it is left to a person, the others go on."""

    def __init__(self, ours: str) -> None:
        super().__init__(ours=ours)


class WindowTooFull(PlatformError):
    """More changes in the window than can be paged through: ask for a shorter one."""


class BadPush(Exception):
    """A pushed message that isn't the platform's, is for somebody else, or can't be read."""
