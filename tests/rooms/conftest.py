"""What an act records, for the tests of every room."""

from datetime import timedelta

import pytest

from common.actors import Actor, ActorKind
from common.models import Event
from common.tenancy import system_scope, tenant_scope
from tests.rooms.logs import talkative, written  # noqa: F401  fixtures
from tests.world import NOON

ANNA = Actor(ActorKind.MERCHANT, "user:7", "安娜")
LATER = NOON + timedelta(hours=3)
DONE = {"actor": ANNA, "now": LATER}


@pytest.fixture
def recorded(taote):
    """Call an act, and get what it has recorded as (name, store, data).

    Who did it and when is checked here, and whether it is among what was changed of the set-up.
    """

    def record(act, *args, scope=None, of_setup=True, **kwargs) -> list[tuple]:
        with system_scope():
            last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
        done = {**DONE, **{key: kwargs.pop(key) for key in ("actor", "now") if key in kwargs}}
        with scope or tenant_scope(taote.store.pk):
            act(*args, **kwargs, **done)
        with system_scope():
            events = list(Event.objects.filter(pk__gt=last).order_by("id"))
        for event in events:
            assert (event.actor_id, event.actor_label, event.at) == (done["actor"].id, done["actor"].label, done["now"])
            assert bool(event.area) == of_setup
        return [(event.name, event.store_id, event.data) for event in events]

    return record
