"""Workers tell people at the same instant: each notice is made once, and a group hears of it once."""

from datetime import timedelta

from common.models import Event, Setback, Watermark
from common.tenancy import system_scope
from notices.actions import add_robot
from notices.models import DeskNotice, NoticeCopy, Robot
from notices.planning import make_notices
from notices.reminding import remind_of_deadlines
from notices.sending import call_robots
from notices.why_not import MOST_ROBOTS
from tests.concurrency.harness import overtaken, together
from tests.notices.chats import DingTalk
from tests.notices.conftest import robot_of, terms_of
from tests.world import MERCHANT, NOON


def test_four_workers_tell_everything_once(shop, clock, settings):
    """Events, deadlines, the robot's turn: whoever comes second finds it taken."""
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    make_notices()
    there = DingTalk()
    robot_of(shop, "dingtalk", there)
    terms_of(shop, gathering="at_once", tells_before=timedelta(hours=72))
    refunds = [shop.refund() for _ in range(5)]
    together(*[make_notices] * 3, *[remind_of_deadlines] * 3)
    while make_notices() or remind_of_deadlines():
        pass
    assert sum(result.value for result in together(*[call_robots] * 4)) == 1
    there.close()
    with shop.scope():
        told = DeskNotice.objects.order_by("pk")
        assert told.filter(event__isnull=False).count() == len(refunds)
        assert told.filter(step__gt=0).count() == 2 * len(refunds)
        assert {*NoticeCopy.objects.values_list("status", flat=True)} == {"sent"}
    assert len(there.received) == 1
    assert there.text().count(refunds[0].order.number) == 3
    assert not Setback.objects.exists()


def test_a_store_whose_people_are_being_told_is_left_to_that_worker(shop, clock):
    """Of events and of deadlines: the second waits for nothing, and nothing has to be set back."""
    make_notices()
    terms_of(shop, tells_before=timedelta(hours=72))
    shop.refund()
    with system_scope():  # as if somebody had looked once all this was committed
        Watermark.objects.create(xid=0, event_id=Event.objects.latest("pk").pk, at=NOON)
    for tell in (make_notices, remind_of_deadlines):
        race = overtaken(tell, tell, scope=system_scope())
        assert (race.first.value, race.second.value, race.waited) == (1, 0, False)
    with shop.scope():
        assert DeskNotice.objects.count() == 3
    assert not Setback.objects.exists()


def test_the_last_place_for_a_robot_is_taken_once(shop):
    def add():
        place = {"platform": "wecom", "name": "G", "url": "https://93.184.215.14/send?key=1"}
        with shop.scope():
            return add_robot(store=shop.store, **place, actor=MERCHANT, now=NOON)

    for _ in range(MOST_ROBOTS - 1):
        add()
    assert sorted(result.code for result in together(*[add] * 3)) == ["ok", "too_many_robots", "too_many_robots"]
    with shop.scope():
        assert Robot.objects.count() == MOST_ROBOTS
