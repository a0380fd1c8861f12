"""Who may become a member of a store, and who stays its owner."""

import pytest

from common.errors import Invalid, NotFound, Refused
from common.tenancy import tenant_scope
from stores.actions import add_member, change_member, open_account, remove_member
from stores.models import Membership
from stores.permissions import ROLE_MEANS, actor_of
from stores.states import MemberRole
from tests.world import NOON, OPERATOR, make_shop, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(taote):
    """The only owner of the store."""
    return make_user("owner", shop=taote)


def member(shop, user) -> Membership | None:
    """What the user is in the store."""
    with shop.scope():
        return Membership.objects.filter(store=shop.store, user=user).first()


def add(shop, username, role="agent", *, actor):
    """Add by name, in the scope of this store alone."""
    with tenant_scope(shop.store.pk):
        return add_member(store=shop.store, username=username, role=role, actor=actor, now=NOON)


def change(shop, user, role, *, actor):
    """Give another role."""
    row = member(shop, user)
    with shop.scope():
        return change_member(store_id=shop.store.pk, member_id=row.pk, role=role, actor=actor, now=NOON)


def remove(shop, user, *, actor):
    """Remove from the store."""
    row = member(shop, user)
    with shop.scope():
        remove_member(store_id=shop.store.pk, member_id=row.pk, actor=actor, now=NOON)


def refusal(call, *args, **kwargs):
    """(code, field, words) of the refusal."""
    with pytest.raises((Invalid, Refused)) as caught:
        call(*args, **kwargs)
    return caught.value.code, caught.value.attr, str(caught.value)


def test_a_stranger_and_a_name_that_nobody_has_are_answered_alike(taote, other, owner):
    stranger = make_user("stranger", shop=other, role="agent")
    former = make_user("former", shop=taote)
    former.is_active = False
    former.save()
    program = make_user("program")
    program.is_staff = False
    program.save()
    answers = {
        refusal(add, taote, name, actor=actor_of(owner)) for name in ("nobody", "stranger", "former", "program", "")
    }
    assert len(answers) == 1
    assert answers.pop()[:2] == ("invalid", "username")
    assert member(taote, stranger) is None


def test_who_shares_a_store_with_the_owner_may_be_added(taote, other, owner):
    colleague = make_user("colleague", shop=other, role="agent")
    with other.scope():
        Membership.objects.create(store=other.store, user=owner, role="viewer")
    assert add(taote, "colleague", actor=actor_of(owner)).role == "agent"
    assert member(taote, colleague).since == NOON


def test_whose_account_was_opened_for_this_store_may_be_added_again_and_elsewhere_not(taote, other, owner):
    other_owner = make_user("other-owner", shop=other)
    account = {"full_name": "安娜", "password": "correct horse 9", "actor": OPERATOR, "now": NOON}
    with tenant_scope(taote.store.pk, other.store.pk):
        anna = open_account(username="anna", store=taote.store, **account)
    assert member(taote, anna).role == "viewer"
    remove(taote, anna, actor=actor_of(owner))
    assert refusal(add, other, "anna", actor=actor_of(other_owner))[1] == "username"
    assert add(taote, "anna", "finance", actor=actor_of(owner)).role == "finance"


def test_an_operator_may_add_anybody(taote, other):
    stranger = make_user("stranger", shop=other)
    assert add(taote, "stranger", "owner", actor=actor_of(make_user("root", operator=True))).user == stranger


def test_adding_oneself_or_a_member_again_changes_no_role(taote, owner):
    make_user("agent", shop=taote, role="agent")
    for name, role in (("owner", "viewer"), ("agent", "owner")):
        assert refusal(add, taote, name, role, actor=actor_of(owner))[:2] == ("unique", "username")
    with taote.scope():
        assert sorted(Membership.objects.values_list("user__username", "role")) == [
            ("agent", "agent"),
            ("owner", "owner"),
        ]


def test_nobody_changes_the_own_role(taote, owner):
    make_user("second", shop=taote)
    assert refusal(change, taote, owner, "viewer", actor=actor_of(owner))[0] == "own_membership"
    assert refusal(remove, taote, owner, actor=actor_of(owner))[0] == "own_membership"
    assert member(taote, owner).role == "owner"


def test_the_last_owner_stays_whoever_asks(taote, other, owner):
    make_user("other-owner", shop=other)
    left = make_user("left", shop=taote)
    left.is_active = False
    left.save()
    make_user("agent", shop=taote, role="agent")
    for actor in (OPERATOR, actor_of(left)):
        assert refusal(change, taote, owner, "agent", actor=actor)[:2] == ("last_owner", "role")
        assert refusal(remove, taote, owner, actor=actor)[0] == "last_owner"
    assert change(taote, owner, "owner", actor=OPERATOR).role == "owner"
    second = make_user("second", shop=taote)
    assert change(taote, owner, "agent", actor=actor_of(second)).role == "agent"


def test_a_foreign_member_is_not_found(taote, other, owner):
    foreign = make_user("foreign", shop=other, role="agent")
    row = member(other, foreign)
    for act in (change_member, remove_member):
        more = {"role": "viewer"} if act is change_member else {}
        with taote.scope(), pytest.raises(NotFound):
            act(store_id=taote.store.pk, member_id=row.pk, actor=actor_of(owner), now=NOON, **more)
    assert member(other, foreign).role == "agent"


def test_an_unknown_role_is_refused(taote, owner):
    make_user("agent", shop=taote, role="agent")
    make_user("newcomer")
    assert refusal(add, taote, "newcomer", "king", actor=OPERATOR)[:2] == ("invalid_choice", "role")
    agent = Membership.objects
    with taote.scope():
        user = agent.get(user__username="agent").user
    assert refusal(change, taote, user, "king", actor=OPERATOR)[:2] == ("invalid_choice", "role")


def test_every_role_is_explained_and_the_least_comes_first():
    assert set(ROLE_MEANS) == set(MemberRole.values)
    assert next(iter(ROLE_MEANS)) == MemberRole.VIEWER
    assert list(ROLE_MEANS)[-1] == MemberRole.OWNER


def test_a_store_is_its_owners_only_if_they_own_this_one():
    """An owner of one store doesn't draw a colleague's colleague into it."""
    first, second, third = (make_shop("taote") for _ in range(3))
    anna, bob, carl = make_user("anna", shop=first), make_user("bob", shop=second), make_user("carl", shop=third)
    with second.scope():
        Membership.objects.create(store=second.store, user=anna, role="agent")
    with third.scope():
        Membership.objects.create(store=third.store, user=bob, role="agent")
    assert add(first, "bob", actor=actor_of(anna)).user == bob
    assert refusal(add, second, "nobody", actor=actor_of(anna)) == refusal(add, first, "carl", actor=actor_of(anna))
    assert member(first, carl) is None
