"""An act and the event that it leaves: the merchant promises to call the buyer back, by rule Q19, once a refund."""

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.actions import action
from common.actors import Actor
from common.errors import Refused
from common.events import EventTone, EventType
from common.facts import COUNT, named
from common.models import Event
from common.writes import WriteSet
from refunds.actions import lock_refund
from refunds.models import Refund


class _Promised(TypedDict):
    hours: Annotated[int, named(gettext_lazy("within hours"), COUNT)]


CALL_PROMISED = EventType(
    "refund.call_promised",
    gettext_lazy("Call promised"),
    "refund",
    _Promised,
    EventTone.NOTE,
    meaning=gettext_lazy("The merchant has promised to call the buyer."),
)


@action
def promise_call(*, store_id: int, refund_id: UUID | str, hours: int, actor: Actor, now: datetime) -> Refund:
    """Promise the buyer a call within so many hours.

    NotFound for an unknown refund, Refused for a second promise (Q19).
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    if Event.objects.for_store(store_id).filter(topic_id=refund.pk, name=CALL_PROMISED.name).exists():
        raise Refused("call_promised", _("A call is promised already; make it."))
    writes = WriteSet()
    writes.event(CALL_PROMISED, refund, topic=refund, at=now, actor=actor, rule="Q19", hours=hours)
    writes.flush()
    return refund
