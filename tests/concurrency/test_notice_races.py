"""Workers tell people at the same instant: each notice is made once, and a group hears of it once."""

from datetime import timedelta

from common.models import Event, Setback, Watermark
from common.tenancy import system_scope
from notices.actions import add_robot, pause_robot, set_notice_terms
from notices.mailing import write_letters
from notices.models import DeskNotice, NoticeCopy, NoticeTerms, Robot
from notices.planning import make_notices, terms_from
from notices.reminding import remind_of_deadlines
from notices.sending import call_robots
from notices.why_not import MOST_ROBOTS
from stores.models import Letter, User
from tests.concurrency.harness import overtaken, together
from tests.notices.chats import DingTalk
from tests.notices.conftest import robot_of, terms_of
from tests.world import MERCHANT, NOON, make_shop, make_user


def all_is_settled() -> None:
    """As if somebody had looked once all this was committed."""
    with system_scope():
        Watermark.objects.create(xid=0, event_id=Event.objects.latest("pk").pk, at=NOON)


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
    all_is_settled()
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


def test_of_two_who_pause_a_robot_one_is_too_late(shop, settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    robot_of(shop, "dingtalk", there := DingTalk())
    there.close()
    with shop.scope():
        robot = Robot.objects.get()

    def pause():
        with shop.scope():
            pause_robot(store_id=shop.store.pk, robot_id=robot.pk, actor=MERCHANT, now=NOON)

    race = overtaken(pause, pause, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with shop.scope():
        assert Event.objects.filter(name="robot.paused").count() == 1


def test_of_two_who_choose_how_a_store_is_told_the_second_changes_what_the_first_chose(shop):
    """In a store that had chosen nothing, and in one that had."""

    def choose(**changes):
        def act():
            with shop.scope():
                set_notice_terms(store=shop.store, changes=changes, actor=MERCHANT, now=NOON)

        return act

    for first, second in (("at_once", "hourly"), ("at_once", "hourly")):
        race = overtaken(choose(gathering=first), choose(gathering=second), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        with shop.scope():
            assert NoticeTerms.objects.get().gathering == second
            told = Event.objects.filter(name="notice_terms.set").order_by("-pk")
            assert told[0].data["gathering"] == [first, second]


def test_a_store_that_two_workers_find_new_is_begun_once(shop, clock):
    make_shop()
    make_notices()
    with shop.scope():
        NoticeTerms.objects.all().delete()
    race = overtaken(lambda: terms_from(shop.store, 0).save(force_insert=True), make_notices, scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        assert NoticeTerms.objects.count() == 1


def test_what_one_worker_writes_as_a_letter_another_neither_writes_nor_waits_for(shop, clock, settings):
    settings.MAIL_IS_SET_UP = True
    make_notices()
    agent = make_user("agent", shop=shop, role="agent")
    User.objects.filter(pk=agent.pk).update(email="agent@example.com")
    terms_of(shop, gathering="at_once", chosen={"request": {"bell": ["agent"], "email": ["agent"]}})
    shop.refund()
    all_is_settled()
    assert make_notices() == 1
    race = overtaken(write_letters, write_letters, scope=system_scope())
    assert (race.first.value, race.second.value, race.waited) == (1, 0, False)
    assert Letter.objects.filter(to="agent@example.com").count() == 1
