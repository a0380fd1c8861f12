"""A store connected to each platform's own fake: pulled, decided on, and in the end what the fake says it is."""

import pytest

from common.tenancy import system_scope
from common.writes import WriteSet
from connectors.connecting import connect_shop
from connectors.models import SentDecision
from refunds.actions import lock_refund
from refunds.handing_over import hand_over
from tests.books import amiss
from tests.connectors.conftest import Connected, ago
from tests.connectors.shops import FAKES
from tests.world import MERCHANT, NOON, make_shop


@pytest.fixture(params=sorted(FAKES))
def shop(request, db, clock, broker_tasks):
    """A shop of this marketplace, connected to its fake, with three refunds of the last hours."""
    made, shop_at = FAKES[request.param]
    with made() as fake:
        for hours in (5, 3, 1):
            fake.add(at=ago(hours=hours))
        shop, there = Connected(make_shop(request.param), fake), shop_at(fake)
        connect_shop(
            store=shop.shop.store,
            app_key=there.app_key,
            secrets=there.secrets,
            access_token=there.access_token,
            refresh_token=there.refresh_token,
            base_url=there.base_url,
            actor=MERCHANT,
            now=NOON,
        )
        yield shop


def test_what_is_there_is_here_and_a_decision_arrives_once(shop, clock):
    shop.turn(most=60)
    rows = [shop.row(platform_id) for platform_id in shop.server.refunds]
    assert {row.problem for row in rows} == {""}
    refund = shop.shop.reload(rows[0].refund)
    verb = "agree_refund" if refund.kind == "refund_only" else "agree_return"
    writes = WriteSet()
    with shop.shop.scope():
        refund = lock_refund(store_id=refund.store_id, refund_id=refund.pk)
        hand_over(writes, refund, verb, {}, actor=MERCHANT, now=NOON)
        writes.flush()
    shop.turn(most=60, minutes=1)
    with system_scope():
        decision = SentDecision.objects.get()
        assert (decision.status, decision.told, decision.last_error) == ("confirmed", "", "")
        assert amiss() == {}
