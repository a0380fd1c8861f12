"""Two people at the returns station with one parcel: one inspects it, the other is told by whom."""

from functools import partial

import pytest
from django.test import Client

from common.actors import Actor, ActorKind
from payments.models import Payment
from refunds import actions, returns
from tests.concurrency.harness import overtaken
from tests.concurrency.invariants import assert_consistent
from tests.world import BUYER, MERCHANT, NOON, make_shop, make_user

pytestmark = pytest.mark.rule("P1")
FASTER = Actor(ActorKind.MERCHANT, "user:1", "王芳")


@pytest.fixture
def shop(transactional_db, broker_tasks, clock):
    """A Pinduoduo store whose rows are really committed. Afterwards every invariant must hold."""
    yield make_shop("pinduoduo")
    assert_consistent()


def test_one_inspects_the_parcel_and_the_other_is_told_by_whom(shop):
    refund = shop.refund()
    own = {"store_id": shop.store.pk, "refund_id": refund.pk, "now": NOON}
    with shop.scope():
        actions.approve_refund(**own, actor=MERCHANT)
        returns.ship_return(**own, carrier="SF", tracking_number="SF30000001", actor=BUYER)
    desk = Client()
    desk.force_login(make_user("slower", shop=shop, role="warehouse"), "stores.permissions.RoleBackend")
    race = overtaken(
        partial(returns.inspect_return, **own, passed=True, note="", actor=FASTER),
        partial(desk.post, f"/admin/station/{refund.pk}/inspection-passed/", {"note": ""}),
        scope=shop.scope(),
    )
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    shown = race.second.value.content.decode()
    assert "isn&#x27;t possible now" in shown
    assert "Received already: Inspection passed" in shown
    assert FASTER.label in shown
    with shop.scope():
        assert Payment.objects.filter(topic_id=refund.pk).count() == 1
