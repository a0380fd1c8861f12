"""An unclaimed parcel and two who want it: one refund has it, once, whoever comes first."""

import threading
from functools import partial
from io import BytesIO

import pytest

from common.errors import Refused
from common.models import Event
from common.tenancy import system_scope
from common.uploads import clean_upload
from refunds import actions, returns
from refunds.models import Evidence, ParcelPhoto, UnclaimedParcel
from refunds.unclaimed.ending import end_parcel
from refunds.unclaimed.matching import assign_parcel, match_announced_parcels
from refunds.unclaimed.recording import (
    MOST_PHOTOS,
    add_parcel_photo,
    describe_parcel,
    note_overdue_parcels,
    put_parcel_aside,
)
from tests.api.test_evidence import picture
from tests.concurrency.harness import PATIENCE, Contender, await_, is_blocked, overtaken
from tests.concurrency.invariants import assert_consistent
from tests.tenancy.things import make_unclaimed
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = pytest.mark.rule("P1")
TOLD = {"actor": MERCHANT, "now": NOON}
NUMBER = "SF40000001"


@pytest.fixture
def shop(transactional_db, broker_tasks, clock):
    """A Pinduoduo store whose rows are really committed. Afterwards every invariant must hold."""
    yield make_shop("pinduoduo")
    assert_consistent()


def agreed(shop):
    """A return that was agreed, and of which nobody has named a number."""
    refund = shop.refund()
    with shop.scope():
        actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, **TOLD)
    return refund


def scoped(shop, call):
    """The call of who comes second, in a scope of their own."""

    def act():
        with shop.scope():
            return call()

    return act


def wants(shop, parcel, refund):
    of_parcel = {"store_id": shop.store.pk, "parcel_id": parcel.pk}
    return partial(assign_parcel, **of_parcel, refund_id=refund.pk, carrier="", **TOLD)


def matched(shop) -> list:
    with shop.scope():
        events = Event.objects.filter(name="unclaimed_parcel.matched").count()
        return [events, *UnclaimedParcel.objects.values_list("status", "refund")]


def test_two_people_who_assign_one_parcel(shop):
    one, two, parcel = agreed(shop), agreed(shop), make_unclaimed(shop)
    race = overtaken(wants(shop, parcel, one), scoped(shop, wants(shop, parcel, two)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    assert matched(shop) == [1, ("matched", one.pk)]
    assert (shop.reload(one).status, shop.reload(two).status) == ("returning", "awaiting_return")
    with shop.scope():
        assert [file.refund_id for file in Evidence.objects.all()] == [one.pk]


def test_one_assigns_it_while_another_ends_it_describes_it_or_photographs_it(shop, subtests):
    of_store = {"store_id": shop.store.pk}
    file = clean_upload(BytesIO(picture()), "a.png")
    others = {
        "ended": partial(end_parcel, **of_store, is_sent_back=True, reason="nobody's", **TOLD),
        "described": partial(describe_parcel, **of_store, note="late", **TOLD),
        "photographed": partial(add_parcel_photo, **of_store, file=file, stored_as="evidence/x", note="", **TOLD),
    }
    for place, (name, other) in enumerate(others.items()):
        with subtests.test(name):
            refund, parcel = agreed(shop), make_unclaimed(shop, f"{NUMBER}{place}")
            late = scoped(shop, partial(other, parcel_id=parcel.pk))
            race = overtaken(wants(shop, parcel, refund), late, scope=shop.scope())
            assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
            assert shop.reload(parcel).status == "matched"


def test_its_buyer_announces_the_number_while_somebody_gives_it_to_another(shop):
    announcing, other, parcel = agreed(shop), agreed(shop), make_unclaimed(shop)
    announce = partial(
        returns.ship_return,
        **{"store_id": shop.store.pk, "refund_id": announcing.pk, "carrier": "SF", "tracking_number": NUMBER},
        actor=BUYER,
        now=NOON,
    )
    with shop.scope():
        announce()
    with shop.scope(), pytest.raises(Refused) as refused:
        wants(shop, parcel, other)()
    assert refused.value.code == "parcel_announced"
    assert shop.reload(other).status == "awaiting_return"
    race = overtaken(wants(shop, parcel, announcing), match_announced_parcels, scope=shop.scope())
    assert race.codes == ("ok", "ok")
    assert matched(shop) == [1, ("matched", announcing.pk)]


def test_the_sweep_matches_it_once_however_many_look(shop, caplog):
    announcing, parcel = agreed(shop), make_unclaimed(shop)
    with shop.scope():
        returns.ship_return(
            store_id=shop.store.pk,
            refund_id=announcing.pk,
            carrier="SF",
            tracking_number=NUMBER,
            actor=BUYER,
            now=NOON,
        )
    race = overtaken(match_announced_parcels, match_announced_parcels, scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert "one by one" not in caplog.text
    assert matched(shop) == [1, ("matched", announcing.pk)]
    assert shop.reload(parcel).refund_id == announcing.pk


def test_the_sweep_holds_no_order_while_it_waits_for_the_next_one(shop, caplog):
    """Who sits before the second refund wants the first parcel: neither waits for ever for the other."""
    parcels, refunds = [], []
    for number in ("SF40000001", "SF40000002"):
        refund = agreed(shop)
        refunds.append(refund)
        parcels.append(make_unclaimed(shop, number))
        with shop.scope():
            told = {"store_id": shop.store.pk, "refund_id": refund.pk, "carrier": "SF", "tracking_number": number}
            returns.ship_return(**told, actor=BUYER, now=NOON)
    sits_there, go_on = threading.Event(), threading.Event()

    def wants_the_first():
        with shop.scope():
            actions.lock_refund(store_id=shop.store.pk, refund_id=refunds[1].pk)
            sits_there.set()
            go_on.wait(PATIENCE)
            end_parcel(store_id=shop.store.pk, parcel_id=parcels[0].pk, is_sent_back=True, reason="nobody's", **TOLD)

    person, sweep = Contender(wants_the_first), Contender(match_announced_parcels)
    person.start()
    sits_there.wait(PATIENCE)
    sweep.start()
    try:
        await_(lambda: is_blocked(sweep.backend), "the sweep to wait for the second order")
    finally:
        go_on.set()
    assert (person.finish().code, sweep.finish().code) == ("invalid_transition", "ok")
    assert sweep.result.value == 2
    assert "one by one" not in caplog.text
    assert sorted(matched(shop)[1:]) == sorted(("matched", refund.pk) for refund in refunds)


def test_a_number_that_is_corrected_away_meanwhile_matches_nothing(shop):
    announcing, parcel = agreed(shop), make_unclaimed(shop)
    number = {"store_id": shop.store.pk, "refund_id": announcing.pk, "carrier": "SF", "now": NOON}
    with shop.scope():
        returns.ship_return(**number, tracking_number=NUMBER, actor=BUYER)
    corrected = partial(returns.correct_return, **number, tracking_number="SF5", reason="typed wrong", actor=MERCHANT)
    race = overtaken(corrected, match_announced_parcels, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert shop.reload(parcel).status == "waiting"


def test_two_people_with_one_label_put_it_aside_once(shop):
    aside = partial(put_parcel_aside, store=shop.store, tracking_number=NUMBER, **TOLD)
    race = overtaken(aside, scoped(shop, aside), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "parcel_put_aside"), True)
    told = {"own_number": "NN-000001", "note": "red bag", **TOLD}
    aside = partial(put_parcel_aside, store=shop.store, **told)
    race = overtaken(aside, scoped(shop, aside), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "parcel_put_aside"), True), "a form that was sent twice"


def test_no_more_photographs_than_a_parcel_may_have(shop):
    parcel, file = make_unclaimed(shop), clean_upload(BytesIO(picture()), "a.png")
    told = {"store_id": shop.store.pk, "parcel_id": parcel.pk, "file": file, "note": "", **TOLD}
    with shop.scope():
        for place in range(MOST_PHOTOS - 2):
            add_parcel_photo(**told, stored_as=f"evidence/{place}")
    more = [partial(add_parcel_photo, **told, stored_as=f"evidence/last-{place}") for place in range(2)]
    race = overtaken(more[0], scoped(shop, more[1]), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "evidence_limit_reached"), True)
    with shop.scope():
        assert ParcelPhoto.objects.count() == MOST_PHOTOS


def test_what_is_overdue_is_told_once_and_waits_for_nobody(shop, clock):
    parcel = make_unclaimed(shop)
    clock.move(days=15)
    race = overtaken(note_overdue_parcels, note_overdue_parcels, scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), False)
    assert (race.first.value, race.second.value) == (1, 0)
    with shop.scope():
        assert Event.objects.filter(name="unclaimed_parcel.overdue", subject_id=parcel.pk).count() == 1
