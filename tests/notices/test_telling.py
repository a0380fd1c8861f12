"""Who is told of what, when it is quiet, and what of it goes out by e-mail."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from automation.sweeps import run_rules
from common.calendar import next_striking
from common.errors import Invalid
from common.events import event_types
from common.models import Event
from notices.actions import change_robot
from notices.kinds import KIND_OF_EVENT, KINDS
from notices.models import DeskNotice, NoticeCopy, NoticeTerms, Robot
from notices.planning import make_notices
from notices.quiet import wait_of
from notices.reading import mark_all_read, mark_notice_read, notices_for, unread, unread_count
from notices.reminding import remind_of_deadlines
from notices.retention import forget_notices
from notices.wording import words_of
from refunds import actions as refund_actions
from refunds.messages import post_message
from refunds.team.assigning import assign_refund
from stores.actions import remove_member
from stores.models import Letter, Membership, Store, User
from stores.people.sending import send_letters
from stores.permissions import actor_of
from stores.states import MemberRole
from tests.automation.rules import live, ruling_of
from tests.notices.conftest import robot_of, terms_of
from tests.world import BUYER, MERCHANT, NOON, OPERATOR, make_shop, make_user, wait


def told(shop, user: User) -> list[tuple[str, str]]:
    """(kind, event) of what somebody sees in the desk, oldest first."""
    with shop.scope():
        user = User.objects.get(pk=user.pk)  # whose roles are read anew
        return [(each.kind, each.name) for each in reversed(notices_for(user, [shop.store.pk]))]


def test_every_kind_is_about_events_that_happen_and_roles_that_may_be_told():
    names = {event.name for event in event_types()}
    assert set(KIND_OF_EVENT) <= names
    assert sum(len(kind.events) for kind in KINDS.values()) == len(KIND_OF_EVENT)  # no event is two kinds'
    assert all(set(kind.roles) <= set(kind.possible_roles) for kind in KINDS.values())


def test_a_store_that_has_chosen_nothing_is_told_in_the_desk_alone(shop, chat, work, mailbox):
    """By role, the assignee in place of all agents, nobody of what they did themselves, and nobody of another store."""
    people = {role: make_user(role, shop=shop, role=role) for role in MemberRole.values}
    second, other = make_user("second", shop=shop, role="agent"), make_shop("taote")
    stranger = make_user("stranger", shop=other, role="agent")
    User.objects.update(email="a@example.com")
    refund = shop.refund()
    work()
    assert told(shop, people["agent"]) == told(shop, second) == [("request", "refund.requested")]
    assert all(told(shop, people[role]) == [] for role in ("viewer", "finance", "warehouse", "owner"))
    with shop.scope():
        act = {"store_id": shop.store.pk, "refund_id": refund.pk, "now": NOON}
        assign_refund(**act, assignee_id=second.pk, had=None, actor=actor_of(people["owner"]))
    for actor in (BUYER, actor_of(people["owner"])):
        with shop.scope():
            post_message(store_id=shop.store.pk, refund_id=refund.pk, text="13912345678", actor=actor, now=NOON)
    work()
    assert told(shop, second)[1:] == [("assigned", "refund.assigned"), ("message", "message.sent")]
    assert told(shop, people["agent"]) == [("request", "refund.requested")]
    with other.scope():
        assert not notices_for(stranger, [shop.store.pk, other.store.pk]).exists()
    with shop.scope():
        assert not notices_for(stranger, [shop.store.pk]).exists()
        assert not NoticeCopy.objects.exists()
    send_letters()
    assert mailbox.arrived == []


def test_owners_stand_in_for_a_role_that_nobody_has(shop, work):
    owner = make_user("owner", shop=shop)
    shop.refund()
    work()
    assert told(shop, owner) == [("request", "refund.requested")]


def test_each_store_is_told_of_what_happens_in_it_alone(shop, work):
    other = make_shop("taote")  # that is begun though another is known
    make_notices()
    both = [make_user(name, shop=each, role="agent") for name, each in (("anna", shop), ("bob", other))]
    shop.refund()
    work()
    assert [bool(told(each, user)) for each, user in zip((shop, other), both, strict=True)] == [True, False]
    other.refund()
    work()
    with other.scope():
        assert DeskNotice.objects.count() == NoticeTerms.objects.count() == 1


def test_read_is_read_and_what_comes_later_is_not(shop, work):
    agent, other = (make_user(name, shop=shop, role="agent") for name in ("agent", "other"))
    shop.refund(), shop.refund(), shop.refund()
    work()
    store_ids = [shop.store.pk]
    with shop.scope():
        first, second, third = reversed(notices_for(agent, store_ids))
        mark_notice_read(notice=third, user=agent, now=NOON)
        mark_notice_read(notice=third, user=agent, now=NOON)
        assert unread_count(agent, store_ids) == 2
        mark_all_read(user=other, store_ids=store_ids, up_to=first.pk)
        mark_all_read(user=agent, store_ids=store_ids, up_to=second.pk)
        mark_all_read(user=agent, store_ids=store_ids, up_to=first.pk)  # a page that is out of date
        assert (unread_count(agent, store_ids), unread_count(other, store_ids)) == (0, 2)
    assert forget_notices() == 0, "they are young"
    shop.refund()
    work()
    with shop.scope():
        assert unread(notices_for(agent, store_ids)).count() == unread_count(agent, store_ids) == 1


def test_what_gathers_in_quiet_hours_is_one_e_mail_and_what_is_urgent_passes(shop, chat, work, mailbox, clock):
    agent = make_user("agent", shop=shop, role="agent")
    User.objects.filter(pk=agent.pk).update(email="agent@example.com")
    make_user("nobody", shop=shop, role="agent")  # without an address
    robot_of(shop, "dingtalk", there := chat("dingtalk"), kinds=["request", "deadline"])
    terms_of(
        shop,
        gathering="at_once",
        language="zh-hans",
        quiet_from=time(11, 30),
        quiet_until=time(14),
        chosen={"request": {"bell": ["agent"], "email": ["agent"]}, "deadline": {"bell": [], "email": ["agent"]}},
        tells_before=timedelta(hours=60),
    )
    numbers = [shop.refund().order.number for _ in range(3)]
    make_notices()
    work()
    send_letters()
    deadlines = mailbox.texts()
    mailbox.arrived.clear()
    assert (len(deadlines), len(there.received)) == (1, 1)  # urgent: at once, and together
    assert all("前处理" in text for text in (there.text(), deadlines[0][2]))
    wait(hours=1, minutes=59)
    with shop.scope():
        NoticeCopy.objects.filter(status="waiting").update(due_at=NOON)
        assert NoticeCopy.objects.filter(status="waiting").count() == 6
    wait(minutes=2)
    work()
    send_letters()
    ((to, subject, text),) = mailbox.texts()
    assert (to, len(there.received)) == ("agent@example.com", 2)
    assert shop.store.name in subject
    assert all(number in text and number in there.text() for number in numbers)
    assert not any(part in text for part in ("王小明", "buyer-1", "文三路"))


def test_quiet_hours_go_by_the_stores_clock_and_over_midnight():
    terms = NoticeTerms(
        store=Store(time_zone="Asia/Shanghai"), quiet_from=time(22), quiet_until=time(8), gathering="at_once"
    )
    hour = timedelta(hours=1)
    for told_at, waits in (("21:59", 0), ("22:00", 10), ("00:00", 8), ("07:00", 1), ("08:00", 0)):
        at = datetime.fromisoformat(f"2026-11-20T{told_at}:00+08:00")
        assert wait_of(terms, is_urgent=False, at=at) == waits * hour
        assert wait_of(terms, is_urgent=True, at=at) == timedelta()
    terms.gathering = "hourly"
    for told_at, waits in (("12:00", 60), ("12:01", 59), ("21:30", 630)):
        at = datetime.fromisoformat(f"2026-11-20T{told_at}:00+08:00")
        assert wait_of(terms, is_urgent=False, at=at) == timedelta(minutes=waits)
    # Clocks that skip 02:30, and a zone of half hours.
    assert next_striking(datetime(2026, 3, 29, 0, 0, tzinfo=UTC), time(2, 30), "Europe/Berlin").hour == 1
    terms.store.time_zone, terms.quiet_from = "Asia/Kolkata", None
    assert wait_of(terms, is_urgent=False, at=datetime(2026, 11, 20, 4, 0, tzinfo=UTC)) == timedelta(minutes=30)


def test_a_deadline_is_told_to_whoever_decides_and_then_to_owners_each_once(shop, work, clock):
    owner, agent = make_user("owner", shop=shop), make_user("agent", shop=shop, role="agent")
    mine = make_user("mine", shop=shop, role="agent")
    refund = shop.refund()
    with shop.scope():
        act = {"store_id": shop.store.pk, "refund_id": refund.pk, "now": NOON}
        assign_refund(**act, assignee_id=mine.pk, had=None, actor=MERCHANT)
    due = shop.reload(refund).due_at
    for before, hears in (
        (timedelta(hours=4, minutes=1), ()),
        (timedelta(hours=4), ("mine",)),
        (timedelta(hours=2), ("mine", "owner")),
    ):
        clock.traveller.move_to(due - before)
        for _ in range(2):
            remind_of_deadlines()
        heard = [user.username for user in (agent, mine, owner) if ("deadline", "") in told(shop, user)]
        assert heard == list(hears), before
    with shop.scope():
        assert [*DeskNotice.objects.filter(kind="deadline").values_list("step", flat=True)] == [1, 2]
    decided = shop.refund(now=due)
    with shop.scope():
        refund_actions.approve_refund(store_id=shop.store.pk, refund_id=decided.pk, actor=MERCHANT, now=due)
    clock.traveller.move_to(due + timedelta(hours=47))
    assert remind_of_deadlines() == 0  # what is decided has another deadline, which isn't the store's


def test_what_was_taken_over_from_long_ago_is_no_news_and_a_look_costs_the_same_for_many(shop, work, clock):
    make_user("agent", shop=shop, role="agent")
    shop.refund(now=NOON - timedelta(days=2))
    work()
    with shop.scope():
        assert not DeskNotice.objects.exists()
    counts = []
    for refunds in (1, 6):
        for _ in range(refunds):
            shop.refund()
        with CaptureQueriesContext(connection) as captured:
            make_notices()
        counts.append(len([query for query in captured if "set_config" not in query["sql"]]))
    assert counts[0] == counts[1] <= 20
    with shop.scope():
        assert DeskNotice.objects.count() == 7


def test_what_cant_be_chosen_is_refused_by_its_field(shop):
    for changes, field in (
        ({"quiet_from": time(9)}, "quiet_until"),
        ({"quiet_from": time(9), "quiet_until": time(9)}, "quiet_until"),
        ({"gathering": "never"}, "gathering"),
        ({"chosen": {"shop": {"bell": ["agent"]}}}, "chosen"),
        ({"chosen": {"assigned": {"bell": ["agent"]}}}, "chosen"),
        ({"chosen": {"nothing": {}}}, "chosen"),
        ({"chosen": {"request": {"fax": ["agent"]}}}, "chosen"),
    ):
        with pytest.raises(Invalid) as refused:
            terms_of(shop, **changes)
        assert refused.value.attr == field
    with shop.scope():
        assert NoticeTerms.objects.get().chosen == {}


def mailed_agent(shop, name="agent") -> User:
    """An agent with an address, in a store that tells agents of requests by e-mail."""
    agent = make_user(name, shop=shop, role="agent")
    User.objects.filter(pk=agent.pk).update(email=f"{name}@example.com")
    terms_of(shop, chosen={"request": {"bell": ["agent"], "email": ["agent"]}})
    return agent


def let_wait_be_over(shop) -> None:
    """Have all copies that wait be due."""
    with shop.scope():
        NoticeCopy.objects.filter(status="waiting").update(due_at=NOON)
        Robot.objects.update(next_attempt_at=NOON)


def leaves(shop, agent):
    with shop.scope():
        member = Membership.objects.get(user=agent)
        remove_member(store_id=shop.store.pk, member_id=member.pk, actor=OPERATOR, now=NOON)


def is_switched_off(shop, agent):
    User.objects.filter(pk=agent.pk).update(is_active=False)


def wants_none(shop, agent):
    terms_of(shop, chosen={"request": {"bell": ["agent"], "email": []}})


def is_a_viewer(shop, agent):
    with shop.scope():
        Membership.objects.filter(user=agent).update(role="viewer")


def has_no_address(shop, agent):
    User.objects.filter(pk=agent.pk).update(email="")


@pytest.mark.parametrize("happens", [leaves, is_switched_off, wants_none, is_a_viewer, has_no_address])
def test_what_has_waited_goes_only_to_who_is_still_to_be_told(shop, work, mailbox, happens):
    agent = mailed_agent(shop)
    stays = make_user("stays", shop=shop, role="agent")
    User.objects.filter(pk=stays.pk).update(email="stays@example.com")
    shop.refund()
    make_notices()
    happens(shop, agent)
    let_wait_be_over(shop)
    work()
    send_letters()
    assert [to for to, *_rest in mailbox.texts()] == ([] if happens is wants_none else ["stays@example.com"])
    with shop.scope():
        assert NoticeCopy.objects.get(person=agent.pk).error == "not_wanted"
        assert NoticeCopy.objects.get(person=stays.pk).status == ("failed" if happens is wants_none else "sent")


def has_another_address(shop, agent):
    User.objects.filter(pk=agent.pk).update(email="new@example.com")


def is_an_owner(shop, agent):
    """Owners are told of what agents are, where nobody is an agent."""
    with shop.scope():
        Membership.objects.filter(user=agent).update(role="owner")


@pytest.mark.parametrize("happens", [leaves, is_switched_off, is_a_viewer, has_another_address, is_an_owner])
def test_an_e_mail_of_notices_that_waits_for_the_server_goes_only_to_who_may_be_told(shop, work, mailbox, happens):
    agent, elsewhere = mailed_agent(shop), make_shop("taote")
    with elsewhere.scope():
        Membership.objects.create(store=elsewhere.store, user=agent, role="agent")
    shop.refund()
    make_notices()
    let_wait_be_over(shop)
    work()
    assert Letter.objects.filter(user=agent, next_attempt_at__isnull=False).exists()
    happens(shop, agent)
    send_letters()
    assert [to for to, *_rest in mailbox.texts()] == (["agent@example.com"] if happens is is_an_owner else [])
    assert not Letter.objects.filter(next_attempt_at__isnull=False).exists()


def test_a_group_is_not_told_of_what_it_no_longer_wants(shop, chat, work):
    robot = robot_of(shop, "dingtalk", there := chat("dingtalk"), kinds=["request", "deadline"])
    shop.refund()
    make_notices()
    with shop.scope():
        changes = {"kinds": ["deadline"]}
        change_robot(store_id=shop.store.pk, robot_id=robot.pk, changes=changes, actor=MERCHANT, now=NOON)
    let_wait_be_over(shop)
    work()
    assert there.received == []
    with shop.scope():
        assert NoticeCopy.objects.get().error == "not_wanted"


@pytest.mark.parametrize("roles", [[], ["warehouse"]])
def test_whoever_sees_to_a_refund_is_told_of_its_deadline_only_by_ways_chosen_for_their_role(shop, roles, clock):
    """What tells whoever has a refund in place of all agents is no way of its own."""
    agent = mailed_agent(shop)
    terms_of(shop, chosen={"deadline": {"bell": roles, "email": roles}} if roles else {})
    refund = shop.refund()
    with shop.scope():
        act = {"store_id": shop.store.pk, "refund_id": refund.pk, "now": NOON}
        assign_refund(**act, assignee_id=agent.pk, had=None, actor=MERCHANT)
    make_notices()
    clock.traveller.move_to(shop.reload(refund).due_at - timedelta(hours=3))
    remind_of_deadlines()
    with shop.scope():
        assert not NoticeCopy.objects.filter(notice__kind="deadline", person=agent.pk).exists()
    assert (("deadline", "") in told(shop, agent)) == (not roles)


def test_whoever_left_the_store_is_told_nothing_more(shop, work):
    agent = make_user("agent", shop=shop, role="agent")
    shop.refund()
    work()
    assert len(told(shop, agent)) == 1
    with shop.scope():
        Membership.objects.filter(user=agent).delete()
    assert told(shop, agent) == []


def test_a_rule_tells_colleagues_in_its_owners_words(shop, clock):
    agent, owner = make_user("agent", shop=shop, role="agent"), make_user("owner", shop=shop)
    said = "贵重商品：请先看照片" + "，慢慢来" * 47 + "！！"
    live(shop, "R", act="tell", text=said, amount_from="50.00")
    refund = shop.refund()
    run_rules()
    make_notices()
    with shop.scope():
        assert Event.objects.get(name="rule.told").actor_label == "rule:R v1"
        told = DeskNotice.objects.select_related("store").get(kind="rule")
        assert told in notices_for(User.objects.get(pk=agent.pk), [shop.store.pk])
        assert told not in notices_for(User.objects.get(pk=owner.pk), [shop.store.pk])
    assert (told.refund_id, ruling_of(refund).given) == (refund.pk, 0)
    assert len(said) == 200
    assert words_of(told).detail.startswith(f"{said} · order ")


def test_a_rule_whose_day_is_full_is_told_of_once_a_day(shop, clock, work):
    """Each refund that comes later is stopped: an owner isn't told a hundred times of the limit that they set."""
    owner = make_user("owner", shop=shop)
    make_user("agent", shop=shop, role="agent")
    for name in ("one", "two"):
        live(shop, name, act="refuse", text="no", most_a_day=1, reasons=["quality"] if name == "one" else [])

    def stopped() -> int:
        run_rules()
        work()
        return told(shop, owner).count(("store", "rule.stopped"))

    def asked(count, **facts):
        for _ in range(count):
            shop.refund(**facts)

    asked(3, reason="quality")
    assert stopped() == 1
    asked(2, reason="quality")
    assert stopped() == 1
    asked(3)
    assert stopped() == 2
    wait(hours=13)
    clock.move(hours=13)
    asked(3, reason="quality", now=NOON + timedelta(hours=13))
    assert stopped() == 3
