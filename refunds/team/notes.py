"""Notes of a store's people about a refund, for each other."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from common.actions import action
from common.actors import Actor
from common.errors import NotFound, Refused, refuse_if
from common.sentences import sentence as _
from common.writes import WriteSet
from orders.why_not import why_erased
from refunds.models import Note, Refund
from refunds.team.events import NOTE_WRITTEN

MOST_NOTES = 100  # about one refund: all of them are shown


def notes_of(refund: Refund) -> QuerySet[Note]:
    """All notes about the refund, newest first."""
    return Note.objects.for_store(refund.store_id).filter(refund=refund).order_by("-id")[:MOST_NOTES]


def why_not_note(written: int) -> Refused | None:
    """Why nobody can add a note: there are as many as are ever shown."""
    if written < MOST_NOTES:
        return None
    return Refused("note_limit_reached", _("A refund takes at most %(most)d notes.") % {"most": MOST_NOTES}, "text")


@action
def write_note(*, store_id: int, refund_id: UUID | str, text: str, actor: Actor, now: datetime) -> Note:
    """Leave a note, in whatever state the refund is. NotFound for an unknown refund.

    Refused `buyer_erased` for a buyer whose data is erased, `note_limit_reached` when the refund has as many as it
    takes. What it says stays out of the event: that goes to programs, and may go on from there.
    """
    refund = Refund.objects.for_store(store_id).select_for_update(no_key=True).filter(pk=refund_id).first()
    if refund is None:
        raise NotFound
    refuse_if(why_erased(refund.order))  # read under the lock
    refuse_if(why_not_note(Note.objects.for_store(store_id).filter(refund=refund).count()))
    note = Note(store_id=store_id, refund=refund, author=actor.label, text=text, at=now)
    writes = WriteSet()
    writes.insert(note)
    writes.event(NOTE_WRITTEN, note, topic=refund, at=now, actor=actor)
    writes.flush()
    return note
