"""Two people take the same refund, or one is given to somebody who is leaving: there is one holder, who is there."""

import re
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import Invalid, NotFound
from common.models import Event
from common.tenancy import tenant_scope
from refunds.messages import post_message
from refunds.models import Assignment, Note, RefundTag
from refunds.team.assigning import assign_refund, share_out_refunds
from refunds.team.notes import MOST_NOTES, write_note
from refunds.team.tags import MOST_TAGS, tag_refund
from refunds.team.undoing import take_back_assignment
from stores.actions import change_member, remove_member, update_store
from stores.models import Membership, SavedView
from stores.people.saved_views import change_view, delete_view, save_view
from stores.people.skills import set_skills
from stores.permissions import actor_of
from tests.concurrency.harness import overtaken, together
from tests.world import BUYER, NOON, OPERATOR, make_user


@pytest.fixture
def people(shop):
    return [make_user(name, shop=shop, role="agent") for name in ("anna", "bob")]


def takes(shop, refund, user, had=None):
    """What assigns the refund to the user, in a scope of the store."""
    by = {"store_id": shop.store.pk, "refund_id": refund.pk, "actor": actor_of(user), "now": NOON}
    return lambda: assign_refund(**by, assignee_id=user.pk, had=had)


def scoped(shop, call):
    """The call in a scope of its own."""

    def act():
        with tenant_scope(shop.store.pk):
            call()

    return act


def holders(shop, refund) -> list[str]:
    with shop.scope():
        return list(Assignment.objects.filter(refund=refund).values_list("assignee__username", flat=True))


def assignments_told(shop, refund) -> list[str]:
    with shop.scope():
        names = Event.objects.filter(topic_id=refund.pk, name__endswith="assigned").order_by("id")
        return list(names.values_list("name", flat=True))


def removes(shop, user):
    """What ends the user's role in the store."""
    with shop.scope():
        member = Membership.objects.get(user=user)
    return lambda: remove_member(store_id=shop.store.pk, member_id=member.pk, actor=OPERATOR, now=NOON)


def race_of(shop, first, second):
    """`second` comes while `first` has yet to commit."""
    return overtaken(first, scoped(shop, second), scope=tenant_scope(shop.store.pk))


def test_of_two_who_take_it_the_second_is_told_who_was_first(shop, clock, people):
    refund, (anna, bob) = shop.refund(), people
    race = race_of(shop, takes(shop, refund, anna), takes(shop, refund, bob))
    assert (race.codes, race.waited) == (("ok", "assigned_meanwhile"), True)
    assert holders(shop, refund) == ["anna"]
    assert assignments_told(shop, refund) == ["refund.assigned"]


@pytest.mark.parametrize("undone_first", [True, False])
def test_who_undoes_while_a_colleague_takes_it_waits_and_so_does_the_colleague(shop, clock, people, undone_first):
    refund, (anna, bob) = shop.refund(), people
    scoped(shop, takes(shop, refund, anna))()
    with shop.scope():
        given = Event.objects.get(name="refund.assigned")
    by = {"store_id": shop.store.pk, "refund_id": refund.pk, "actor": actor_of(anna), "now": NOON}
    both = [lambda: take_back_assignment(**by, event_id=given.id), takes(shop, refund, bob, had=anna.pk)]
    race = race_of(shop, *(both if undone_first else both[::-1]))
    assert (race.codes, race.waited) == (("ok", "assigned_meanwhile"), True)
    assert holders(shop, refund) == ([] if undone_first else ["bob"])


def test_at_the_same_instant_exactly_one_takes_it(shop, clock, people):
    refund = shop.refund()
    results = together(*(scoped(shop, takes(shop, refund, user)) for user in people * 3))
    assert sorted(result.code for result in results) == ["assigned_meanwhile"] * 5 + ["ok"]
    assert len(holders(shop, refund)) == 1


@pytest.mark.parametrize("leaves_first", [True, False])
def test_nothing_is_left_with_somebody_who_leaves(shop, clock, people, leaves_first):
    refund, (_anna, bob) = shop.refund(), people
    both = [removes(shop, bob), takes(shop, refund, bob)]
    race = race_of(shop, *(both if leaves_first else both[::-1]))
    assert (race.first.ok, race.second.ok, race.waited) == (True, not leaves_first, True)
    assert isinstance(race.second.error, Invalid) == leaves_first
    assert holders(shop, refund) == []
    assert len(assignments_told(shop, refund)) == (0 if leaves_first else 2)


def test_a_colleague_takes_over_from_somebody_who_is_leaving(shop, clock, people):
    refund, (anna, bob) = shop.refund(), people
    scoped(shop, takes(shop, refund, bob))()
    race = race_of(shop, removes(shop, bob), takes(shop, refund, anna, had=bob.pk))
    assert (race.codes, race.waited) == (("ok", "assigned_meanwhile"), True)
    assert holders(shop, refund) == []
    assert assignments_told(shop, refund) == ["refund.assigned", "refund.unassigned"]


@pytest.mark.parametrize("had_holder", [True, False])
def test_what_was_given_to_somebody_who_is_leaving_is_not_taken_back(shop, clock, people, had_holder):
    refund, (anna, bob) = shop.refund(), people
    by = {"store_id": shop.store.pk, "refund_id": refund.pk, "actor": actor_of(anna), "now": NOON}
    if had_holder:
        scoped(shop, takes(shop, refund, anna))()
    scoped(shop, lambda: assign_refund(**by, assignee_id=bob.pk, had=anna.pk if had_holder else None))()
    with shop.scope():
        given = Event.objects.filter(name="refund.assigned").latest("id")
    race = race_of(shop, removes(shop, bob), lambda: take_back_assignment(**by, event_id=given.id))
    assert (race.codes, race.waited) == (("ok", "assigned_meanwhile"), True)
    assert holders(shop, refund) == []


def test_that_it_was_put_back_is_taken_back_once(shop, clock, people):
    """Two tabs of one person: nobody sees to it meanwhile, so that there is no assignment to wait for."""
    refund, (anna, _bob) = shop.refund(), people
    by = {"store_id": shop.store.pk, "refund_id": refund.pk, "actor": actor_of(anna), "now": NOON}
    scoped(shop, takes(shop, refund, anna))()
    scoped(shop, lambda: assign_refund(**by, assignee_id=None, had=anna.pk))()
    with shop.scope():
        put_back = Event.objects.get(name="refund.unassigned")
    race = race_of(shop, *[lambda: take_back_assignment(**by, event_id=put_back.id)] * 2)
    assert (race.codes, race.waited) == (("ok", "assigned_meanwhile"), True)
    assert holders(shop, refund) == ["anna"]


def test_what_is_being_taken_by_hand_is_not_shared_out(shop, clock, people):
    refund, (anna, _bob) = shop.refund(), people
    with shop.scope():
        update_store(store=shop.store, shares_out_refunds=True, actor=OPERATOR, now=NOON)
    race = overtaken(takes(shop, refund, anna), share_out_refunds, scope=tenant_scope(shop.store.pk))
    assert (race.codes, race.waited) == (("ok", "ok"), False)
    assert share_out_refunds() == 0
    assert (holders(shop, refund), assignments_told(shop, refund)) == (["anna"], ["refund.assigned"])


def test_two_sweeps_share_a_refund_out_once(shop, clock, people):
    refunds = [shop.refund() for _ in range(4)]
    with shop.scope():
        update_store(store=shop.store, shares_out_refunds=True, actor=OPERATOR, now=NOON)
    assert all(result.ok for result in together(*[share_out_refunds] * 3))
    share_out_refunds()
    assert sorted(holder for refund in refunds for holder in holders(shop, refund)) == ["anna", "anna", "bob", "bob"]
    assert all(assignments_told(shop, refund) == ["refund.assigned"] for refund in refunds)


def test_nothing_is_shared_out_to_somebody_who_will_decide_no_more(shop, clock, people):
    refunds, (_anna, bob) = [shop.refund() for _ in range(2)], people
    with shop.scope():
        update_store(store=shop.store, shares_out_refunds=True, actor=OPERATOR, now=NOON)
        member = Membership.objects.get(user=bob)
    by = {"store_id": shop.store.pk, "member_id": member.pk, "actor": OPERATOR, "now": NOON}
    race = race_of(shop, lambda: change_member(**by, role="viewer"), share_out_refunds)
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert [holders(shop, refund) for refund in refunds] == [["anna"], ["anna"]]


def test_a_decision_on_a_page_that_became_out_of_date_under_the_lock_is_refused(shop, clock, people):
    """Who decides waits for the buyer who is writing, and then hears of it."""
    refund, (_anna, bob) = shop.refund(kind="refund_only"), people
    address = reverse("admin:refunds_refund_reject", args=[refund.pk])
    desk = Client()
    desk.force_login(bob, "stores.permissions.RoleBackend")
    [knew] = set(re.findall(r'name="as_of" value="(\d+)"', desk.get(address).content.decode()))

    def writes():
        post_message(store_id=shop.store.pk, refund_id=refund.pk, text="我不退了", actor=BUYER, now=NOON)

    race = overtaken(
        writes,
        lambda: desk.post(address, {"reason": "worn", "as_of": knew}).content.decode(),
        scope=tenant_scope(shop.store.pk),
    )
    assert (race.first.ok, race.waited) == (True, True)
    assert "Your page was out of date" in race.second.value
    assert shop.reload(refund).status == "awaiting_merchant"


def test_who_has_lost_the_skill_between_the_look_and_the_lock_gets_nothing(shop, clock, people):
    refunds, (anna, _bob) = [shop.refund() for _ in range(2)], people
    with shop.scope():
        update_store(store=shop.store, shares_out_refunds=True, actor=OPERATOR, now=NOON)
        member = Membership.objects.get(user=anna)
    by = {"store_id": shop.store.pk, "member_id": member.pk, "actor": OPERATOR, "now": NOON}
    race = race_of(shop, lambda: set_skills(**by, kinds=["refund_only"], categories=[]), share_out_refunds)
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert [holders(shop, refund) for refund in refunds] == [["bob"], ["bob"]]


def test_of_two_who_name_a_members_skills_the_second_changes_what_the_first_has_named(shop, clock, people):
    with shop.scope():
        member = Membership.objects.get(user=people[0])
    by = {"store_id": shop.store.pk, "member_id": member.pk, "categories": [], "actor": OPERATOR, "now": NOON}
    race = race_of(shop, *(lambda kinds=kinds: set_skills(**by, kinds=kinds) for kinds in (["refund_only"], [])))
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        assert Membership.objects.get(pk=member.pk).skilled_kinds == []
        told = Event.objects.filter(name="member.skills_changed").order_by("id").values_list("data", flat=True)
        assert [data["kinds"] for data in told] == [[[], ["refund_only"]], [["refund_only"], []]]


@pytest.mark.parametrize("names", [("mine", "mine"), ("mine", "other")])
def test_of_two_views_that_one_person_saves_at_once_the_list_opens_like_the_last(shop, clock, people, names):
    anna = people[0]
    said = {"store": shop.store, "user": anna, "list_name": "refunds.refund", "actor": actor_of(anna), "now": NOON}

    def save(name, query):
        return lambda: save_view(**said, name=name, query=query, is_shared=False, is_default=True)

    race = race_of(shop, save(names[0], "queue=due"), save(names[1], "queue=overdue"))
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        kept = [(view.name, view.query, view.is_default) for view in SavedView.objects.order_by("id")]
    last = (names[1], "queue=overdue", True)
    assert kept == ([last] if names[0] == names[1] else [("mine", "queue=due", False), last])


def test_a_view_that_is_deleted_meanwhile_is_missing(shop, clock, people):
    said = {"user": people[0], "actor": actor_of(people[0]), "now": NOON}
    look = {"list_name": "refunds.refund", "query": "queue=due", "is_shared": False, "is_default": False}
    with shop.scope():
        view = save_view(store=shop.store, name="mine", **look, **said)
    named = {"store_id": shop.store.pk, "view_id": view.pk, **said}
    change = partial(change_view, **named, name="other", is_shared=False, is_default=False)
    race = race_of(shop, partial(delete_view, **named), change)
    assert (race.first.ok, race.waited, type(race.second.error)) == (True, True, NotFound)


def tags(shop, refund, name):
    """What puts a tag on the refund, in a scope of the store."""
    by = {"store_id": shop.store.pk, "refund_id": refund.pk, "actor": OPERATOR, "now": NOON}
    return lambda: tag_refund(**by, name=name)


def test_of_two_who_put_the_same_tag_on_the_second_finds_it_there(shop, clock):
    refund = shop.refund()
    race = overtaken(tags(shop, refund, "VIP"), scoped(shop, tags(shop, refund, "VIP")), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        assert RefundTag.objects.filter(refund=refund).count() == 1
        assert Event.objects.filter(name="refund.tagged").count() == 1


def test_the_last_place_for_a_tag_is_given_once(shop, clock):
    refund = shop.refund()
    with shop.scope():
        for number in range(MOST_TAGS - 1):
            tags(shop, refund, f"t{number}")()
    race = overtaken(tags(shop, refund, "a"), scoped(shop, tags(shop, refund, "b")), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "tag_limit_reached"), True)
    with shop.scope():
        assert RefundTag.objects.filter(refund=refund).count() == MOST_TAGS


def test_the_last_note_that_a_refund_takes_is_written_once(shop, clock):
    refund = shop.refund()
    with shop.scope():
        written = [Note(store=shop.store, refund=refund, author="a", text="b", at=NOON) for _ in range(MOST_NOTES - 1)]
        Note.objects.bulk_create(written)
    note = {"store_id": shop.store.pk, "refund_id": refund.pk, "text": "c", "actor": OPERATOR, "now": NOON}
    race = race_of(shop, lambda: write_note(**note), lambda: write_note(**note))
    assert (race.codes, race.waited) == (("ok", "note_limit_reached"), True)
    with shop.scope():
        assert Note.objects.filter(refund=refund).count() == MOST_NOTES
