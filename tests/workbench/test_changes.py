"""The page “What changed”: who sees it, whose changes stand on it, and in which words."""

import html
import re
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.contrib.admin import site
from django.db import connection

from automation.actions import change_rule, publish_rule, turn_off_rule
from common.events import event_types
from common.models import Event
from common.tenancy import system_scope
from notices.actions import set_notice_terms
from offers.insights.rates import set_cost_rates
from stores import actions
from stores.models import Membership, Store
from stores.permissions import actor_of
from tests.automation.rules import live
from tests.cases import for_each
from tests.workbench.conftest import Desk
from tests.world import MERCHANT, NOON, OPERATOR, make_shop, make_user
from workbench.store.changed_things import ON_THE_STORES_PAGE, SHOWN_ON
from workbench.store.changes import PAGE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def tmall_shop(db):
    """A store whose marketplace knows retention."""
    return make_shop("tmall")


def change_name(shop, name: str, actor=MERCHANT) -> None:
    """One change of the settings."""
    with shop.scope():
        actions.update_store(store=shop.store, name=name, actor=actor, now=NOON)


def lines(answer) -> list[str]:
    """Each line of the page as people read it."""
    found = re.search(r'<ol class="wl-timeline.*?</ol>', answer.content.decode(), re.DOTALL)
    items = re.findall(r"<li.*?</li>", found[0], re.DOTALL) if found else []
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", item)).split()) for item in items]


@for_each("role", ["viewer", "agent", "finance", "warehouse"])
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


@for_each("before", ["x", "-1", "9" * 30, "１", "1\0", ""])
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


def test_the_page_costs_few_statements_however_much_was_changed(taote, sign_in, monkeypatch):
    owner = sign_in("owner", taote)
    with taote.scope():
        actions.upsert_products(
            store=taote.store,
            products=[{"item_id": str(n), "title": f"T{n}", "price": Decimal("1.00")} for n in range(300)],
            actor=OPERATOR,
            now=NOON,
        )
    few = len(owner.statements("changes/"))
    assert few == 10  # the page with its frame, one for the people, one for the changes, one for the products' pages
    assert len(lines(owner.get("changes/"))) == PAGE
    assert len(owner.statements("changes/", q="T1")) == few
    monkeypatch.setattr("workbench.store.changes.SEARCHED", 60)
    looked = owner.get("changes/", q="Store opened")
    assert (lines(looked), looked.context["searched"]) == ([], 60)
    assert "60 changes were looked through" in looked.content.decode()
    pages = [looked]
    while pages[-1].context["next_before"]:
        pages.append(owner.get("changes/", q="Store opened", before=pages[-1].context["next_before"]))
    assert [line.split(" · ")[0][:12] for page in pages for line in lines(page)] == ["Store opened"]
    assert pages[-1].context["searched"] is None


def test_a_change_is_searched_by_what_it_says_and_by_its_days(taote, sign_in):
    owner = sign_in("owner", taote)
    change_name(taote, "Autumn House")
    with taote.scope():
        actions.update_store(store=taote.store, shares_out_refunds=True, actor=MERCHANT, now=NOON + timedelta(days=2))

    def found(**query) -> list[str]:
        return [line.split(" 2026-")[0] for line in lines(owner.get("changes/", area="store", **query))]

    second = "Settings changed Share new refunds out in turn: off → on"
    assert len(found(q="ａｕｔｕｍｎ-house")) == 1  # as all searches forgive
    assert found(q="OUT in turn") == found(first="2026-11-21", last="2026-11-22") == [second]
    assert second not in found(last="2026-11-21")
    assert found(q="no such words") == found(first="2026-11-23") == []
    owner.client.cookies["django_language"] = "zh-hans"
    assert len(lines(owner.get("changes/", q="二次验证"))) == 0
    assert len(lines(owner.get("changes/", q="轮流"))) == 1
    owner.client.cookies["django_language"] = "en"
    wrong = owner.get("changes/", first="2026-11-22", last="2026-11-21")
    assert lines(wrong) == []
    assert "Last day: The last day is before the first one." in html.unescape(wrong.content.decode())
    assert lines(owner.get("changes/", first="yesterday")) == []


def test_each_change_leads_to_what_it_is_about_while_that_is_there(taote, other, sign_in):
    owner, agent = sign_in("owner", taote), make_user("anna", shop=taote)
    by = {"actor": actor_of(owner.user), "now": NOON}
    with taote.scope():
        address = actions.add_return_address(store=taote.store, contact="二仓", phone="1", address="杭州", **by)
        member = Membership.objects.get(user=agent)
        actions.change_member(store_id=taote.store.pk, member_id=member.pk, role="viewer", **by)
        key, _secret = actions.create_store_key(store=taote.store, name="ERP", **by)
        set_cost_rates(store=taote.store, changes={"handling": Decimal("6.50")}, **by)
    change_name(taote, "Named", by["actor"])

    def ways(desk, **query) -> set[str]:
        found = re.findall(r'<b><a class="wl-link" href="([^"]+)">', desk.get("changes/", **query).content.decode())
        assert all(desk.client.get(url).status_code == 200 for url in found)
        return set(found)

    of_member = f"/admin/stores/membership/{member.pk}/change/"
    assert ways(owner, who=f"user:{owner.user.pk}") == {
        f"/admin/stores/returnaddress/{address.pk}/change/",
        of_member,
        f"/admin/stores/apikey/{key.prefix}/change/",
        "/admin/insights/rates/",
        f"/admin/stores/store/{taote.store.pk}/change/",
    }
    with taote.scope():
        actions.remove_member(store_id=taote.store.pk, member_id=member.pk, **by)
    assert of_member not in ways(owner)
    assert f"/admin/stores/returnaddress/{address.pk}/change/" in ways(sign_in("operator"))
    kinds = {event.subject for event in event_types() if event.area}
    assert kinds - SHOWN_ON.keys() - ON_THE_STORES_PAGE <= {model._meta.model_name for model in site._registry}


def test_a_rules_change_says_what_it_was_and_what_it_is(tmall_shop, sign_in):
    owner = sign_in("owner", tmall_shop)
    by = {"actor": actor_of(owner.user), "now": NOON}
    version = live(tmall_shop, "小额", amount_to="5.00", kinds=["refund_only"])
    with tmall_shop.scope():
        says = {**version.says, "amount_to": "20.00", "kinds": [], "most_a_day": 9}
        change_rule(store=tmall_shop.store, rule_id=version.rule_id, name="小额", definition=says, **by)
        change_rule(store=tmall_shop.store, rule_id=version.rule_id, name="小额", definition=says, **by)
        publish_rule(store_id=tmall_shop.store.pk, rule_id=version.rule_id, **by)
        turn_off_rule(store_id=tmall_shop.store.pk, rule_id=version.rule_id, **by)
        set_notice_terms(store=tmall_shop.store, changes={"chosen": {"request": {"email": ["owner"]}}}, **by)
    shown = lines(owner.get("changes/", who=f"user:{owner.user.pk}"))
    notices, off, published, changed = shown  # what changes nothing leaves nothing
    differs = "Kind: Refund only → any Amount: up to ¥5.00 → up to ¥20.00"
    assert differs in changed
    assert differs in published
    assert "At most 50 times" in changed
    assert "At most 9 times" in changed
    assert "version 2" in published
    assert "version 2" in off
    assert "Refund requests, By e-mail: as usual → Owner" in notices
    owner.client.cookies["django_language"] = "zh-hans"
    assert "不限" in lines(owner.get("changes/", area="automation"))[1]


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
