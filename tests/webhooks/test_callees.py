"""Who may call an endpoint: while it is active, and whoever holds its lease (common/callees.py)."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models.functions import Now

from common.callees import CalleeLost, held_callee, take_up_callee
from common.obligations import MAX_ATTEMPTS
from common.tenancy import system_scope
from tests.concurrency.harness import overtaken
from tests.world import MERCHANT, NOON
from webhooks.actions import pause_endpoint
from webhooks.models import Endpoint


def test_whose_workers_have_died_is_called_anew_and_who_is_paused_is_called_no_more(shop, endpoint):
    due = {"next_attempt_at": Now() - timedelta(hours=1)}
    with system_scope():
        Endpoint.objects.update(attempts=MAX_ATTEMPTS, **due)
    assert take_up_callee(Endpoint, None) == []
    [mine] = take_up_callee(Endpoint, None)
    assert (mine.attempts, mine.needs_attention) == (1, False), "the endpoint can do nothing for it"

    def come_back() -> None:
        with system_scope(), pytest.raises(CalleeLost):
            held_callee(mine)

    pause = {"store_id": shop.store.pk, "endpoint_id": mine.pk, "actor": MERCHANT, "now": NOON}
    race = overtaken(partial(pause_endpoint, **pause), come_back, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with system_scope():
        Endpoint.objects.update(**due)
    assert take_up_callee(Endpoint, None) == [], "not even when somebody has made it due"
