"""What of this room goes after a while; and answers to calls, which are nobody's in particular."""

from axes.models import AccessAttempt, AccessLog
from django.utils.translation import gettext_lazy

from common.idempotency import ANSWERS
from common.retention import Retention
from stores.models import Invitation
from stores.people.sending import LETTERS
from stores.people.sign_ins import DEVICES
from stores.sessions import SESSIONS

INVITATIONS = Retention(
    "old invitations forgotten",
    gettext_lazy("Invitations whose link has ended"),
    Invitation,
    "ends_at",
    "KEEP_INVITATIONS_DAYS",
)
# django-axes writes a row for each sign-in, and for each name and address that tried: nobody else lets them go.
SIGN_INS = Retention(
    "old sign-ins forgotten", gettext_lazy("Who signed in"), AccessLog, "attempt_time", "KEEP_SIGN_INS_DAYS"
)
TRIES = Retention(
    "old tries to sign in forgotten",
    gettext_lazy("Who tried to sign in"),
    AccessAttempt,
    "attempt_time",
    "KEEP_SIGN_INS_DAYS",
)
RETENTIONS = (ANSWERS, SESSIONS, DEVICES, LETTERS, INVITATIONS, SIGN_INS, TRIES)
