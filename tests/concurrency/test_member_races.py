"""Two owners who remove each other at once: one of them stays."""

import pytest

from common.tenancy import tenant_scope
from stores.actions import change_member, remove_member
from stores.models import Membership
from stores.permissions import actor_of
from tests.concurrency.harness import overtaken
from tests.world import NOON, make_user


@pytest.mark.parametrize("first_removes", [True, False])
@pytest.mark.parametrize("second_removes", [True, False])
def test_of_two_owners_who_depose_each_other_one_stays(shop, clock, first_removes, second_removes):
    anna, bob = make_user("anna", shop=shop), make_user("bob", shop=shop)
    with shop.scope():
        rows = {row.user_id: row.pk for row in Membership.objects.all()}

    def deposes(actor, other, removes):
        def act():
            named = {"store_id": shop.store.pk, "member_id": rows[other.pk], "actor": actor_of(actor), "now": NOON}
            remove_member(**named) if removes else change_member(role="viewer", **named)

        return act

    def second():
        with tenant_scope(shop.store.pk):
            deposes(bob, anna, second_removes)()

    race = overtaken(deposes(anna, bob, first_removes), second, scope=tenant_scope(shop.store.pk))
    assert (race.codes, race.waited) == (("ok", "last_owner"), True)
    with shop.scope():
        assert Membership.objects.get(role="owner").user == anna
