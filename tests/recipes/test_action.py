"""CONTRIBUTING's recipes for an action and an event.

One function and one declaration, and every place knows what happened.
"""

from functools import partial

import pytest

from common.errors import NotFound, Refused
from common.ids import new_id
from common.models import Event
from common.tenancy import NoScope
from scripts.events_table import render
from tests.concurrency.harness import together
from tests.world import MERCHANT, NOON, make_shop

DONE = {"actor": MERCHANT, "now": NOON}


@pytest.fixture
def shop(db, clock):
    """A store with a refund to promise something about."""
    return make_shop("tmall")


def promise(module, shop, refund, **kwargs):
    """The call of a view or a page: a scope, the act, and nothing else."""
    with shop.scope():
        return module.promise_call(store_id=shop.store.pk, **{"refund_id": refund.pk, "hours": 4, **DONE, **kwargs})


def test_it_is_on_record_for_clients_and_people(new_action, shop, sign_in):
    refund = shop.refund()
    promise(new_action, shop, refund)
    last = shop.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"][-1]
    assert (last["name"], last["rule"], last["data"]) == ("refund.call_promised", "Q19", {"hours": 4})
    assert last["actor"] == f"merchant:{MERCHANT.label}"
    page = sign_in("agent", shop).get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "Call promised" in page
    assert "within hours" in page
    types = {row["name"]: row for row in shop.merchant.get("event-types/").json()["results"]}
    assert types["refund.call_promised"]["title"] == "Call promised"
    assert "`refund.call_promised`" in render()


def test_it_refuses_and_then_leaves_nothing(new_action, shop):
    refund = shop.refund()
    promise(new_action, shop, refund)
    with pytest.raises(Refused, match="make it"):
        promise(new_action, shop, refund)
    with pytest.raises(NotFound):
        promise(new_action, shop, refund, refund_id=new_id())
    with pytest.raises(NotFound):
        promise(new_action, make_shop("tmall"), refund)
    with shop.scope():
        assert Event.objects.filter(name="refund.call_promised").count() == 1


def test_it_has_no_default_and_runs_in_its_callers_transaction(new_action, shop):
    refund = shop.refund()
    with pytest.raises(TypeError):
        promise(new_action, shop, refund, until="tomorrow")
    with shop.scope(), pytest.raises(TypeError):
        new_action.promise_call(store_id=shop.store.pk, refund_id=refund.pk, hours=4)
    with pytest.raises(NoScope):
        new_action.promise_call(store_id=shop.store.pk, refund_id=refund.pk, hours=4, **DONE)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_its_effect(new_action, shop):
    """The race that it can lose: without `lock_refund` both would find no promise."""
    refund = shop.refund()
    results = together(*[partial(promise, new_action, shop, refund)] * 2)
    assert sorted(result.code for result in results) == ["call_promised", "ok"]
