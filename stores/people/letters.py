"""E-mails as rows: an action writes one in its own transaction, a worker sends it (stores.people.sending)."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from common.actions import action, bookkeeping
from common.actors import Actor
from common.changes import lock
from common.errors import refuse_if
from common.hints import tell
from common.writes import WriteSet
from stores.models import Invitation, Letter, User
from stores.people.events import LETTER_RESUMED
from stores.people.why_not import why_not_resume_letter
from stores.states import LetterKind

SEND_LETTERS = "stores.tasks.send_letters"


@bookkeeping("What the e-mail tells of is an act, or, where somebody forgot a password, nobody's yet.")
def write_letter(
    kind: LetterKind,
    *,
    to: str,
    now: datetime,
    user: User | None = None,
    about: Invitation | None = None,
    **data,
) -> None:
    """Owe somebody an e-mail in the language of this page; nothing where no e-mail is set up, or for no address."""
    if not settings.MAIL_IS_SET_UP or not to:
        return
    letter = Letter(
        kind=kind,
        to=to,
        language=get_language() or settings.LANGUAGE_CODE,
        user=user,
        about=about.pk if about else None,
        data=data,
        created_at=now,
    )
    letter.make_due()
    letter.save(force_insert=True)
    transaction.on_commit(partial(tell, SEND_LETTERS), robust=True)


@action
def resume_letter(*, letter: Letter, actor: Actor, now: datetime) -> None:
    """Send it once more, after a person has looked at it. Refused when it waits for nobody."""
    lock(letter)
    refuse_if(why_not_resume_letter(letter))
    letter.make_due()
    letter.save(update_fields=letter.WORK_FIELDS)
    writes = WriteSet()
    writes.event(LETTER_RESUMED, letter, topic=letter, at=now, actor=actor, kind=letter.kind, to=letter.to)
    writes.flush()
