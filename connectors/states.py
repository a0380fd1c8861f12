"""What a connection, a decision on its way and a task can be. The strings are those of the database and of events."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConnectionStatus(models.TextChoices):
    """Whether a shop is followed, and if not, who has to do something."""

    AUTHORISING = "authorising", _("Waiting to be authorised")
    CONNECTED = "connected", _("Connected")
    NEEDS_AUTHORISATION = "needs_authorisation", _("To be authorised anew")
    NEEDS_SETUP = "needs_setup", _("To be set right")
    DISCONNECTED = "disconnected", _("Disconnected")


class LookBack(models.TextChoices):
    """Why a stretch of the past is listed beside what changes now."""

    BACK_FILL = "back_fill", _("Fetching the past")
    COMPARISON = "comparison", _("Nightly comparison")


class SendingStatus(models.TextChoices):
    """How far a merchant's decision is on its way to the marketplace."""

    WAITING = "waiting", _("On its way")
    SENT = "sent", _("Done there, not confirmed yet")
    CODE_WANTED = "code_wanted", _("Waits for the code from the phone")
    BY_HAND = "by_hand", _("To be done in the marketplace's back office")
    CONFIRMED = "confirmed", _("Confirmed")
    MOVED_ON = "moved_on", _("Too late: the refund had changed")
    REFUSED = "refused", _("Refused by the marketplace")
    DROPPED = "dropped", _("Given up")


# While a decision is in one of these, no other one about the refund is taken.
UNDER_WAY = (SendingStatus.WAITING, SendingStatus.SENT, SendingStatus.CODE_WANTED, SendingStatus.BY_HAND)
OUTBOX = (SendingStatus.WAITING, SendingStatus.SENT)  # what workers are at
NOT_DONE = (SendingStatus.REFUSED, SendingStatus.MOVED_ON)  # somebody has to decide anew
