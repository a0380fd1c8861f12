"""A parcel that is nobody's: it is sent back, or written off."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, refuse_if
from common.writes import WriteSet
from refunds.models import UnclaimedParcel
from refunds.unclaimed.events import UNCLAIMED_ENDED
from refunds.unclaimed.recording import lock_unclaimed, why_not_touch


@action
def end_parcel(
    *, store_id: int, parcel_id: UUID | str, is_sent_back: bool, reason: str, actor: Actor, now: datetime
) -> UnclaimedParcel:
    """Send the parcel back, or write it off. Invalid `reason` without one.

    Refused `invalid_transition` once it isn't unclaimed.
    """
    if not reason.strip():
        raise Invalid("reason", _("Say why: it stays on record."), "required")
    parcel = lock_unclaimed(store_id, parcel_id)
    refuse_if(why_not_touch(parcel))
    before = parcel.status
    end = parcel.send_back if is_sent_back else parcel.write_off
    end(reason=reason.strip(), now=now)
    writes = WriteSet()
    writes.update(parcel, "status", "reason", "ended_at")
    event, facts = UNCLAIMED_ENDED[parcel.status], {"tracking_number": parcel.tracking_number}
    writes.event(event, parcel, topic=parcel, at=now, actor=actor, states=(before, parcel.status), **facts)
    writes.flush()
    return parcel
