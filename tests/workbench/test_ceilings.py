"""Ceilings at the desk: the owner sets them, the agent reads why a button is grey."""

from decimal import Decimal

import pytest

from tests.cases import for_each

pytestmark = pytest.mark.django_db
PAGE = {"name": "Store", "time_zone": "Asia/Shanghai"}


def settings_of(shop, desk, **fields):
    """Save the page of the store."""
    return desk.post(f"stores/store/{shop.store.pk}/change/", **PAGE, **fields)


def test_the_owner_sets_a_ceiling_and_the_agent_is_told(taote, sign_in):
    owner, agent = sign_in("owner", taote), sign_in("agent", taote)
    assert settings_of(taote, owner, agent_approval_ceiling="50").status_code == 302
    assert taote.reload(taote.store).agent_approval_ceiling == Decimal("50.00")
    path = f"refunds/refund/{taote.refund().pk}/change/"
    told = "This gives away ¥59.00; your role in this store may give at most ¥50.00 at once. Ask an owner."
    assert told in agent.get(path).content.decode()
    assert told not in owner.get(path).content.decode()
    assert settings_of(taote, owner, agent_approval_ceiling="").status_code == 302
    assert told not in agent.get(path).content.decode()


@for_each("typed", ["-1", "1e3", "12.345", "五十", "99999999999"])
def test_what_is_no_ceiling_is_said_at_its_field(taote, sign_in, typed):
    answer = settings_of(taote, sign_in("owner", taote), finance_payment_ceiling=typed)
    assert list(answer.context["form"].errors) == ["finance_payment_ceiling"]
    assert taote.reload(taote.store).finance_payment_ceiling is None


def test_only_an_owner_sets_it(taote, sign_in):
    assert settings_of(taote, sign_in("agent", taote), agent_approval_ceiling="9999").status_code == 403
