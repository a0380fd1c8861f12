"""A sandbox's own clock, which is moved on to try what time brings (docs/adr/0048)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from common import clock
from common.actions import action, bookkeeping
from common.actors import Actor
from common.errors import Invalid, Refused, refuse_if
from common.writes import WriteSet
from stores.events import CLOCK_ADVANCED
from stores.models import Store

MOST_AT_ONCE = timedelta(days=92)
MOST_AHEAD = timedelta(days=5 * 365)


def why_no_test_clock(store: Store) -> Refused | None:
    """Why the store has no clock of its own: it is no sandbox."""
    if store.is_sandbox:
        return None
    return Refused("not_a_sandbox", _("Only a sandbox has a test clock; the operator opens one with --sandbox."))


def why_no_such_advance(store: Store, until: datetime, now: datetime, attr: str) -> Invalid | None:
    """Why the clock of this sandbox, which shows `now`, can't be moved on `until` then; `attr` names who says so."""
    if until <= now:
        return Invalid(attr, _("A test clock goes on and never back: it shows %(now)s.") % {"now": now.isoformat()})
    if until - now > MOST_AT_ONCE:
        return Invalid(attr, _("At most %(most)d days at once.") % {"most": MOST_AT_ONCE.days})
    if until - now + store.clock_ahead > MOST_AHEAD:
        return Invalid(attr, _("A test clock is at most %(most)d days ahead.") % {"most": MOST_AHEAD.days})
    return None


def why_not_move_by(store: Store, now: datetime) -> Refused | None:
    """Why the clock, which shows `now`, isn't moved on by a time: nobody knows from where.

    Refused `clock_not_there` while an advance before was cut off and its end isn't reached.
    """
    if store.clock_until is None or store.clock_until <= now:
        return None
    return Refused(
        "clock_not_there",
        _("The call that moves the clock on to %(until)s was cut off: send it again, or go on with “to”.")
        % {"until": store.clock_until.isoformat()},
    )


@action
def advance_clock(
    *, store: Store, to: datetime | None, by: timedelta | None, call: str = "", actor: Actor, now: datetime
) -> datetime:
    """Put on record until when a sandbox's clock is moved on; the caller lets it come about, step by step.

    `call` tells a call that is repeated from another one, where that can be told: what was cut off is gone on with.
    Refused `not_a_sandbox`, `clock_not_there`; Invalid (`to`, `by`) for what is past or too far.
    """
    refuse_if(why_no_test_clock(store))
    if call and call == store.clock_call:
        return store.clock_until
    if by is not None:
        refuse_if(why_not_move_by(store, now))
    until, attr = (now + by, "by") if to is None else (to, "to")
    refuse_if(why_no_such_advance(store, until, now, attr))
    store.clock_until, store.clock_call = until, call
    store.save(update_fields=["clock_until", "clock_call"])
    writes = WriteSet()
    writes.event(CLOCK_ADVANCED, store, topic=store, at=now, actor=actor, until=until.isoformat())
    writes.flush()
    return until


@bookkeeping("The call is answered: what it left to go on with is not needed any more.")
def end_advance(store: Store) -> None:
    """In the transaction that keeps the answer, so that a call whose answer was lost is known when it is repeated."""
    store.clock_until, store.clock_call = None, ""
    store.save(update_fields=["clock_until", "clock_call"])


@bookkeeping("How far a sandbox's clock has come; that it is moved is an act.", alone=True)
def set_clock(store_id: int, shows: datetime) -> None:
    """The sandbox's clock shows this instant now, unless it shows a later one."""
    ahead = shows - clock.wall()
    Store.objects.filter(pk=store_id, clock_ahead__lt=ahead).update(clock_ahead=ahead)
