"""Roles grant capabilities in one store each; operators have all of them everywhere."""

import pytest
from django.core.exceptions import PermissionDenied

from common.tenancy import system_scope
from stores.models import Membership
from stores.permissions import GRANTS, can, require
from stores.states import MemberRole
from tests.cases import for_each
from tests.world import make_user

pytestmark = pytest.mark.django_db

EVERYTHING = frozenset().union(*GRANTS.values())


@for_each("role", MemberRole.values)
def test_a_role_grants_its_capabilities_in_its_store_only(taote, other, role):
    user = make_user("anna", shop=taote, role=role)
    assert {capability for capability in EVERYTHING if can(user, capability, taote.store.pk)} == GRANTS[role]
    assert not any(can(user, capability, other.store.pk) for capability in EVERYTHING)
    with pytest.raises(PermissionDenied):
        require(user, "view", other.store.pk)


def test_every_role_sees_and_only_the_owner_manages():
    assert all("view" in GRANTS[role] for role in MemberRole.values)
    assert [role for role in MemberRole.values if "manage_store" in GRANTS[role]] == ["owner"]
    assert GRANTS[MemberRole.OWNER] == EVERYTHING


def test_roles_differ_from_store_to_store(taote, other):
    user = make_user("anna", shop=taote, role="viewer")
    with system_scope():
        Membership.objects.create(store=other.store, user=user, role="agent")
    assert [can(user, "decide_refunds", shop.store.pk) for shop in (taote, other)] == [False, True]
    assert not user.has_perm("stores.change_product", taote.address)


def test_an_operator_may_do_everything_and_somebody_who_left_nothing(taote):
    operator, former = make_user("root", operator=True), make_user("bob", shop=taote)
    former.is_active = False
    assert all(can(operator, capability, taote.store.pk) for capability in EVERYTHING)
    assert not any(can(former, capability, taote.store.pk) for capability in EVERYTHING)
