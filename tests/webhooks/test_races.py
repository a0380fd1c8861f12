"""Two who are at the same endpoints at once, each on a connection of their own; and whose deliveries an act touches."""

from functools import partial

from common.errors import NotFound
from common.models import Event
from common.tenancy import system_scope
from tests.concurrency.harness import overtaken
from tests.tenancy.things import make_delivery, make_endpoint
from tests.world import MERCHANT, NOON
from webhooks import planning
from webhooks.actions import add_endpoint, delete_endpoint, pause_endpoint, resume_endpoint, rotate_secret
from webhooks.models import Delivery, Endpoint
from webhooks.why_not import MOST_ENDPOINTS

TOLD = {"actor": MERCHANT, "now": NOON}


def scoped(shop, call):
    """The call of who comes second, in a scope of their own."""

    def act():
        with shop.scope():
            return call()

    return act


def race_of(shop, first, second):
    """`second` comes while `first` has yet to commit."""
    return overtaken(first, scoped(shop, second), scope=shop.scope())


def test_the_last_endpoint_that_a_store_may_have_is_made_once(shop):
    for _ in range(MOST_ENDPOINTS - 1):
        make_endpoint(shop)
    add = partial(add_endpoint, store=shop.store, url="https://93.184.215.14/hook", events=[], **TOLD)
    race = race_of(shop, add, add)
    assert (race.codes, race.waited) == (("ok", "too_many_endpoints"), True)
    with shop.scope():
        assert Endpoint.objects.count() == MOST_ENDPOINTS


def test_of_two_who_pause_it_at_once_one_does(shop):
    pause = partial(pause_endpoint, store_id=shop.store.pk, endpoint_id=make_endpoint(shop).pk, **TOLD)
    race = race_of(shop, pause, pause)
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with shop.scope():
        assert Event.objects.filter(name="webhook.paused").count() == 1


def test_what_is_deleted_meanwhile_gets_no_new_secret(shop):
    which = {"store_id": shop.store.pk, "endpoint_id": make_endpoint(shop).pk, **TOLD}
    race = race_of(shop, partial(delete_endpoint, **which), partial(rotate_secret, **which))
    assert (race.first.ok, type(race.second.error), race.waited) == (True, NotFound, True)
    with shop.scope():
        assert Endpoint.objects.get().sealed_secrets == ""


def test_an_event_is_owed_once_however_many_look_and_nobody_waits(shop):
    endpoint = make_endpoint(shop)
    shop.refund()
    with shop.scope():
        last = Event.objects.latest("pk").pk

    def plan():
        found = list(planning._behind(last))
        planning._plan(last, found)
        return len(found)

    def plan_too():
        with system_scope():
            return plan()

    race = overtaken(plan, plan_too, scope=system_scope())
    assert (race.first.value, race.second.value, race.waited) == (1, 0, False)
    with shop.scope():
        owed = Delivery.objects.filter(endpoint=endpoint).values_list("event", flat=True)
        assert set(owed) == set(Event.objects.filter(pk__gt=endpoint.cursor).values_list("pk", flat=True))


def test_what_waits_for_another_endpoint_keeps_its_pause(shop):
    resumed, other = make_endpoint(shop), make_endpoint(shop)
    with shop.scope():
        rows = [make_delivery(shop, each) for each in (resumed, other)]
        Delivery.objects.update(attempts=3, tried_since=NOON)
        which = {"store_id": shop.store.pk, "endpoint_id": resumed.pk, **TOLD}
        pause_endpoint(**which)
        resume_endpoint(**which)
    assert [shop.reload(row).attempts for row in rows] == [0, 3]
    assert [shop.reload(row).tried_since for row in rows] == [None, NOON]
