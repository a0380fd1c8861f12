"""The page “What changed”: who sees it, whose changes stand on it, and in which words."""

import html
import re
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection

from common.models import Event
from common.tenancy import system_scope
from stores import actions
from stores.models import Membership, Store
from stores.permissions import actor_of
from tests.workbench.conftest import Desk
from tests.world import MERCHANT, NOON, OPERATOR, make_user
from workbench.store.changes import PAGE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def change_name(shop, name: str, actor=MERCHANT) -> None:
    """One change of the settings."""
    with shop.scope():
        actions.update_store(store=shop.store, name=name, actor=actor, now=NOON)


def lines(answer) -> list[str]:
    """Each line of the page as people read it."""
    found = re.search(r'<ol class="wl-timeline.*?</ol>', answer.content.decode(), re.DOTALL)
    items = re.findall(r"<li.*?</li>", found[0], re.DOTALL) if found else []
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", item)).split()) for item in items]


@pytest.mark.parametrize("role", ["viewer", "agent", "finance", "warehouse"])
def test_only_owners_and_operators_see_it(taote, sign_in, role):
    desk = sign_in(role, taote)
    assert desk.get("changes/").status_code == 403
    assert "/admin/changes/" not in desk.get("").content.decode()
    for seeing in (sign_in("owner", taote), sign_in("operator")):
        assert seeing.get("changes/").status_code == 200
        assert "/admin/changes/" in seeing.get("").content.decode()


def test_a_change_tells_who_did_what_and_what_it_was(taote, sign_in):
    owner = sign_in("owner", taote)
    before = taote.store.name
    change_name(taote, "新名字", actor_of(owner.user))
    first = lines(owner.get("changes/"))[0]
    assert f"Name: {before} → 新名字" in first
    assert first.startswith("Settings changed")
    assert "2026-11-20 12:00" in first
    assert f"Merchant · {owner.user.username} · Store and settings" in first
    owner.client.cookies["django_language"] = "zh-hans"
    chinese = lines(owner.get("changes/"))[0]
    assert chinese.startswith("已修改设置")
    assert "店铺与设置" in chinese


def test_what_happens_to_cases_stands_elsewhere(taote, sign_in):
    owner = sign_in("owner", taote)
    taote.refund()
    with taote.scope():
        assert Event.objects.filter(name="refund.requested").exists()
    assert not [line for line in lines(owner.get("changes/")) if line.startswith(("Refund requested", "Order"))]


def test_an_owner_sees_nothing_of_other_stores_or_of_the_platform(taote, other, sign_in):
    owner, operator = sign_in("owner", taote), sign_in("operator")
    change_name(other, "ELSEWHERE")
    operator.post("stores/user/add/", username="anna", full_name="安娜", store="", role="viewer")
    page = owner.get("changes/").content.decode()
    for foreign in ("ELSEWHERE", other.store.name, "安娜", "Account opened", f"{other.store.code}"):
        assert foreign not in page
    foreign_area = owner.get("changes/", area="accounts")
    assert lines(foreign_area) == []
    shown = operator.get("changes/").content.decode()
    for everything in ("ELSEWHERE", "Account opened", taote.store.name):
        assert everything in shown


def test_a_store_where_one_is_only_an_agent_stays_hidden(taote, other, sign_in):
    owner = sign_in("owner", taote)
    with system_scope():
        Membership.objects.create(store=other.store, user=owner.user, role="agent")
    change_name(taote, "MINE")
    change_name(other, "THEIRS")
    shown = lines(owner.get("changes/"))
    assert any("MINE" in line for line in shown)
    assert not any("THEIRS" in line for line in shown)
    owner.post("switch-store/", store=other.store.pk)
    assert owner.get("changes/").status_code == 403


def test_an_operator_at_one_store_sees_that_store(taote, other, sign_in):
    operator = sign_in("operator")
    change_name(taote, "MINE")
    change_name(other, "THEIRS")
    operator.post("switch-store/", store=taote.store.pk)
    shown = " ".join(lines(operator.get("changes/")))
    assert "MINE" in shown
    assert "THEIRS" not in shown


def test_it_is_filtered_by_kind_and_by_person(taote, sign_in):
    owner = sign_in("owner", taote)
    second = make_user("second", shop=taote)
    change_name(taote, "One", actor_of(owner.user))
    with taote.scope():
        actions.add_return_address(
            store=taote.store, contact="二仓", phone="1", address="杭州", actor=actor_of(second), now=NOON
        )
    assert all("Return addresses" in line for line in lines(owner.get("changes/", area="addresses")))
    by_second = lines(owner.get("changes/", who=f"user:{second.pk}"))
    assert len(by_second) == 1
    assert "二仓" in by_second[0]
    assert lines(owner.get("changes/", who=f"user:{second.pk}", area="store")) == []
    assert "Nothing matches" in owner.get("changes/", area="no-such-area").content.decode()
    choices = dict(owner.get("changes/").context["people"])
    assert choices[f"user:{second.pk}"] == "Merchant · second"


def test_pages_follow_without_gap_or_repetition(taote, sign_in):
    owner = sign_in("owner", taote)
    for number in range(PAGE + 3):
        change_name(taote, f"Name {number}")
    first = owner.get("changes/", area="store")
    shown = lines(first)
    assert len(shown) == PAGE
    last = first.context["next_before"]
    assert f"before={last}" in first.content.decode()
    change_name(taote, "a newer one moves no page")
    rest = lines(owner.get("changes/", area="store", before=last))
    assert len(set(shown + rest)) == len(shown) + len(rest)
    assert rest[0].startswith("Settings changed")
    assert f"→ Name {2}" in rest[0]
    assert rest[-1].startswith("Store opened")


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "１", "1\0", ""])
def test_a_page_that_makes_no_sense_is_empty_or_the_first(taote, sign_in, before):
    assert sign_in("owner", taote).get("changes/", before=before, who="\0", area="\0").status_code == 200


def test_a_store_without_changes_says_so(sign_in):
    """A store that was opened before changes were recorded."""
    with system_scope():
        store = Store.objects.create(code="older", name="Older", marketplace="taote", created_at=NOON)
    user = make_user("owner")
    with system_scope():
        Membership.objects.create(store=store, user=user, role="owner")
    page = Desk(user).get("changes/").content.decode()
    assert "Nothing was changed yet" in page


def test_the_page_costs_few_statements_however_much_was_changed(taote, sign_in, django_assert_max_num_queries):
    owner = sign_in("owner", taote)
    with taote.scope():
        actions.upsert_products(
            store=taote.store,
            products=[{"item_id": str(n), "title": f"T{n}", "price": Decimal("1.00")} for n in range(300)],
            actor=OPERATOR,
            now=NOON,
        )
    with django_assert_max_num_queries(20):
        assert len(lines(owner.get("changes/"))) == PAGE


def test_the_lists_of_changes_are_read_from_their_own_index(taote):
    subject = {"subject_type": "store", "subject_id": UUID(int=1), "topic_id": UUID(int=1)}
    said = {"store": taote.store, "at": NOON, "name": "store.changed", "actor_kind": "system", **subject}
    with system_scope(), connection.cursor() as cursor:
        # Few changes among many events, and a planner that knows it, whatever the table has held before.
        Event.objects.bulk_create(Event(**said, area="" if n % 50 else "store") for n in range(3_000))
        cursor.execute("ANALYZE common_event")
        plans = [
            Event.objects.filter(store_id=taote.store.pk).exclude(area="").order_by("-id")[:51].explain(),
            Event.objects.exclude(area="").order_by("-id")[:51].explain(),
        ]
    assert all("event_changes" in plan for plan in plans), plans
