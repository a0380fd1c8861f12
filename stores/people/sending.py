"""E-mails are sent by workers, outside any transaction: a mail server that is slow or down keeps nobody waiting.

take up → commit → send → record. Whoever dies in between sends it again, under the same Message-ID.
"""

import logging
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from common import clock
from common.actions import bookkeeping
from common.errors import kind_of
from common.retention import Retention
from common.sentences import sentence as _
from common.tenancy import system_scope
from common.workers import in_turn, put_off, take_up
from stores.models import Letter
from stores.people.wording import letter_words

log = logging.getLogger("wanliu.letters")

BATCH = 20
_NO_ACT = "What came of sending is written on the e-mail; what it tells of is on record."


def send_letters() -> int:
    """Send up to BATCH e-mails that are due; returns how many were taken up. Nothing where no e-mail is set up."""
    if not settings.MAIL_IS_SET_UP:
        return 0
    taken = _take_up()
    in_turn(taken, _send)
    return len(taken)


@bookkeeping("A lease says which worker is busy.", alone=True)
def _take_up() -> list[Letter]:
    taken, worn_out = take_up(Letter.objects.select_related("user"), limit=BATCH)
    for letter in [*taken, *worn_out]:
        letter.save(update_fields=letter.WORK_FIELDS)
    return taken


def _send(letter: Letter) -> None:
    try:
        message = _message(letter)
        if message is not None:
            get_connection().send_messages([message])
        with transaction.atomic():
            _note(letter, is_sent=message is not None)
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        log.warning("e-mail %s: %s", letter.pk, kind_of(error))
        _note_refusal(letter, error)
    except Exception as error:
        log.warning("e-mail %s: %s", letter.pk, kind_of(error))
        put_off(letter, error)


def _message(letter: Letter) -> EmailMessage | None:
    with system_scope(), translation.override(letter.language):
        says = letter_words(letter, clock.now())
        if says is None:
            return None
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
        return EmailMessage(
            " ".join(says.subject.split()),
            says.text,
            to=[letter.to],
            headers={"Message-ID": f"<{letter.pk}@{host}>", "Auto-Submitted": "auto-generated"},
        )


@bookkeeping(_NO_ACT, alone=True)
def _note(letter: Letter, *, is_sent: bool) -> None:
    mine = _mine(letter)
    if mine is not None:
        mine.plan(None)
        mine.sent_at = clock.now() if is_sent else None
        mine.save(update_fields=[*mine.WORK_FIELDS, "sent_at"])


@bookkeeping(_NO_ACT, alone=True)
def _note_refusal(letter: Letter, error: SMTPRecipientsRefused | SMTPResponseException) -> None:
    """A server that says no for good (5xx) isn't asked again by itself."""
    mine = _mine(letter)
    if mine is not None:
        code = _code_of(error)
        mine.put_off(_("The mail server said no (%(code)s).") % {"code": code})
        if code >= 500:
            mine.call_person()
        mine.save(update_fields=mine.WORK_FIELDS)


def _code_of(error: SMTPRecipientsRefused | SMTPResponseException) -> int:
    if isinstance(error, SMTPRecipientsRefused):
        return min(code for code, _text in error.recipients.values())
    return error.smtp_code


def _mine(letter: Letter) -> Letter | None:
    held = Letter.objects.filter(pk=letter.pk, leased_by=letter.leased_by)
    return held.timed().select_for_update(no_key=True).first()


LETTERS = Retention("old e-mails forgotten", gettext_lazy("E-mails"), Letter, "created_at", "KEEP_LETTERS_DAYS")


def forget_letters() -> int:
    """Delete a batch of the e-mails that are older than they are kept; returns how many."""
    return LETTERS.step()
