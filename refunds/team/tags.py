"""Tags on refunds: words of the store's own, by which its people find them again."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, NotFound, Refused, refuse_if
from common.events import EventType
from common.search import plain_text
from common.sentences import sentence as _
from common.writes import WriteSet
from orders.why_not import why_erased
from refunds.models import Refund, RefundTag
from refunds.team.events import REFUND_TAGGED, REFUND_UNTAGGED

MOST_TAGS = 10  # of one refund: all of them are shown in its row
LONGEST_TAG = RefundTag._meta.get_field("name").max_length


def tags_of(refund: Refund) -> QuerySet[RefundTag]:
    """The refund's tags, oldest first."""
    return RefundTag.objects.for_store(refund.store_id).filter(refund=refund).order_by("id")


def tag_name(typed: str, field: str = "name") -> str:
    """A tag as it is kept: in plain width and one line, so that what reads alike is the same. Invalid `field`."""
    name = " ".join(plain_text(typed).split())
    if not name:
        raise Invalid(field, _("Write the tag."), "required")
    if len(name) > LONGEST_TAG:
        raise Invalid(field, _("A tag has at most %(most)d characters.") % {"most": LONGEST_TAG}, "max_length")
    return name


def why_not_tag(tags: int) -> Refused | None:
    """Why nobody can add a tag: there are as many as are ever shown."""
    if tags < MOST_TAGS:
        return None
    return Refused("tag_limit_reached", _("A refund takes at most %(most)d tags.") % {"most": MOST_TAGS}, "name")


@action
def tag_refund(*, store_id: int, refund_id: UUID | str, name: str, actor: Actor, now: datetime) -> None:
    """Put a tag on the refund, in whatever state it is; one that it has already is no other. NotFound; Invalid `name`.

    Refused `buyer_erased` for a buyer whose data is erased, `tag_limit_reached` when it has as many as it takes.
    """
    name, refund = tag_name(name), _lock(store_id, refund_id)
    refuse_if(why_erased(refund.order))  # read under the lock
    names = set(tags_of(refund).values_list("name", flat=True))
    if name in names:
        return
    refuse_if(why_not_tag(len(names)))
    writes = WriteSet()
    writes.insert(RefundTag(store_id=store_id, refund=refund, name=name, at=now))
    _record(writes, REFUND_TAGGED, refund, name, actor, now)


@action
def untag_refund(*, store_id: int, refund_id: UUID | str, name: str, actor: Actor, now: datetime) -> None:
    """Take a tag off the refund; nothing happens where it doesn't have it. NotFound for an unknown refund."""
    refund = _lock(store_id, refund_id)
    gone, _rows = tags_of(refund).filter(name=name).delete()
    if gone:
        _record(WriteSet(), REFUND_UNTAGGED, refund, name, actor, now)


def _lock(store_id: int, refund_id: UUID | str) -> Refund:
    refund = Refund.objects.for_store(store_id).select_for_update(no_key=True).filter(pk=refund_id).first()
    if refund is None:
        raise NotFound
    return refund


def _record(writes: WriteSet, event: EventType, refund: Refund, name: str, actor: Actor, now: datetime) -> None:
    writes.event(event, refund, topic=refund, at=now, actor=actor, tag=name)
    writes.flush()
