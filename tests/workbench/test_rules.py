"""Automatic rules at the desk: drafted, looked at on the past, published, turned off, proved."""

import re
from datetime import timedelta

import pytest

from automation.models import RuleVersion, Ruling, StoreRule
from automation.sweeps import run_rules
from automation.templates import TEMPLATES
from common.calendar import day_of
from tests.automation.rules import drafted, live, ruling_of
from tests.cases import for_each
from tests.world import NOON, make_shop, make_user

pytestmark = pytest.mark.django_db
RULES = "automation/storerule/"


@pytest.fixture
def shop():
    return make_shop("tmall")


@pytest.fixture
def owner(shop, sign_in):
    return sign_in("owner", shop)


FORM = {
    "name": "小红包",
    "reasons": ["slow_logistics"],
    "items": "８０００，8001\u200b",
    "act": "offer",
    "method": "red_packet",
    "amount": "5",
    "text": "请收下红包",
    "most_a_day": "50",
    "most_yuan_a_day": "500",
    "held_out": "0",
}

BARE = {"name": "R", "most_a_day": "50"}


def test_an_owner_drafts_tries_publishes_and_turns_off_a_rule(shop, owner, clock):
    past = shop.refund(reason="slow_logistics")
    assert owner.post(f"{RULES}add/", **FORM).status_code == 302
    with shop.scope():
        rule = StoreRule.objects.get()
    assert (rule.status, rule.draft["items"], rule.draft["amount"]) == ("draft", ["8000", "8001"], "5.00")
    page = owner.get(f"{RULES}{rule.pk}/publish/")
    assert [row.refund.pk for row in page.context["form"].trial.rows] == [past.pk]
    assert "小红包" in page.content.decode()
    assert owner.post(f"{RULES}{rule.pk}/publish/").status_code == 302
    assert shop.reload(rule).is_live
    assert ruling_of(past) is None
    clock.move(minutes=1)
    refund = shop.refund(shop.order(), reason="slow_logistics", now=NOON + timedelta(minutes=1))
    run_rules()
    timeline = owner.get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "rule:小红包 v1" in timeline
    assert "Acted" in owner.get(f"{RULES}{rule.pk}/change/").content.decode()
    assert owner.post(f"{RULES}{rule.pk}/off/").status_code == 302
    assert shop.reload(rule).status == "off"


@for_each(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"amount": ""}, "amount"),
        ({"percent": "5"}, "percent"),
        ({"method": "stay"}, "method"),
        ({"amount_from": "9", "amount_to": "8"}, "amount_to"),
        ({"hour_from": "9"}, "hour_to"),
        ({"hour_from": "9", "hour_to": "24"}, "hour_to"),
        ({"act": "refuse", "method": "", "amount": "", "text": ""}, "text"),
        ({"act": "assign"}, "assignee"),
        ({"act": "tag"}, "tag"),
        ({"text": "长" * 51}, "text"),
        ({"most_a_day": "0"}, "most_a_day"),
        ({"most_yuan_a_day": ""}, "most_yuan_a_day"),
        ({"held_out": "51"}, "held_out"),
        ({"reasons": ["no such"]}, "reasons"),
        ({"items": ",".join(map(str, range(201)))}, "items"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(shop, owner, wrong, field):
    answer = owner.post(f"{RULES}add/", **{**FORM, **wrong})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    with shop.scope():
        assert not StoreRule.objects.exists()


@for_each(
    ("act", "says"), [("approve", {}), ("tag", {"tag": "贵重"}), ("refuse", {"text": "请收下红包"}), ("assign", {})]
)
def test_what_the_page_hides_for_an_act_is_not_kept(shop, owner, act, says):
    """Whoever filled in an offer first and then chose another act sees nothing of the offer any more."""
    agent = make_user("wang", shop=shop, role="agent")
    posted = {**FORM, "act": act, "tag": "贵重", "assignee": agent.username}
    assert owner.post(f"{RULES}add/", **posted).status_code == 302
    with shop.scope():
        draft = StoreRule.objects.get().draft
    said = {name: draft.get(name) for name in ("method", "amount", "percent", "text", "tag", "assignee")}
    says = {**says, "assignee": "wang"} if act == "assign" else says
    assert {name: value for name, value in said.items() if value} == says


def test_what_the_page_hides_for_an_act_is_no_reason_to_refuse_it(shop, owner):
    """Typed for another act, and then hidden: whoever sees no field can't set it right, nor may the browser ask."""
    hidden = {"method": "gone", "amount": "five", "percent": "500", "assignee": "who-left", "text": "x" * 201}
    assert owner.post(f"{RULES}add/", **FORM | hidden | {"act": "tag", "tag": "VIP"}).status_code == 302
    with shop.scope():
        assert StoreRule.objects.get().draft["tag"] == "VIP"
    assert re.search(r'class="[^"]*wl-rule" novalidate', owner.get(f"{RULES}add/").content.decode())


def test_each_version_of_a_rule_says_what_it_said(shop, owner):
    rule = live(shop, "R", act="refuse", text="七天已过").rule
    assert owner.post(f"{RULES}{rule.pk}/edit/", **{**FORM, "name": "R"}).status_code == 302
    assert owner.post(f"{RULES}{rule.pk}/publish/").status_code == 302
    page = owner.get(f"{RULES}{rule.pk}/change/").content.decode()
    assert "Refuse with a reason" in page
    assert "七天已过" in page


def test_two_rules_of_a_store_have_two_names(shop, owner):
    drafted(shop, FORM["name"])
    assert "name" in owner.post(f"{RULES}add/", **FORM).context["form"].errors


@for_each("template", TEMPLATES, ids=lambda template: template.code)
def test_a_usual_rule_is_drafted_as_it_stands(shop, owner, template):
    assert template.fits(shop.store.rules)
    form = owner.get(f"{RULES}add/", template=template.code).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value not in (None, "")}
    assert owner.post(f"{RULES}add/", **sent).status_code == 302
    with shop.scope():
        rule = StoreRule.objects.get()
    assert {name: rule.draft[name] for name in template.says} == {
        name: value for name, value in template.fields.items() if name != "name"
    }


def test_the_list_is_in_the_order_of_turns_and_a_rule_moves_up(shop, owner):
    first, second = drafted(shop, "first"), drafted(shop, "second")
    assert [rule.pk for rule in owner.rows(RULES)] == [first.pk, second.pk]
    assert owner.post(f"{RULES}{second.pk}/up/").status_code == 302
    assert [rule.pk for rule in owner.rows(RULES)] == [second.pk, first.pk]


def test_a_changed_draft_says_that_another_version_acts(shop, owner):
    rule = live(shop, "R", act="approve").rule
    page = f"{RULES}{rule.pk}/"
    assert owner.post(f"{page}edit/", **FORM).status_code == 302
    assert "Version 1 acts" in owner.get(f"{page}change/").content.decode()


@for_each("role", ["agent", "finance", "viewer", "warehouse"])
def test_nobody_else_sees_rules(shop, sign_in, role):
    rule, desk = drafted(shop), sign_in(role, shop)
    for path in (RULES, f"{RULES}add/", f"{RULES}{rule.pk}/change/", f"{RULES}{rule.pk}/publish/"):
        assert desk.get(path).status_code in (403, 404)
    assert desk.post(f"{RULES}{rule.pk}/publish/").status_code in (403, 404)
    assert not shop.reload(rule).is_live


def test_another_stores_rule_is_not_found(owner, other):
    rule = drafted(other)
    for path in ("change/", "publish/", "edit/"):
        assert owner.get(f"{RULES}{rule.pk}/{path}").status_code == 404


def test_a_dry_run_is_in_turn_within_limits_and_beside_what_was_done(shop, owner, clock):
    live(shop, "before", act="approve", items=["8001"])
    orders = [shop.order(buyer_id=f"b{number}") for number in range(3)]
    refunds = [shop.refund(order) for order in orders]
    two = shop.order(prices=("59.00", "20.00"))
    shop.refund(two, amount="20.00", lines=[{"item_id": "8001", "quantity": 1}])
    clock.move(minutes=30)
    assert shop.merchant.post(f"refunds/{refunds[0].pk}/approve/").status_code == 200
    rule = drafted(shop, "tried", act="refuse", text="no", most_a_day=2)
    trial = owner.get(f"{RULES}{rule.pk}/publish/").context["form"].trial
    assert (trial.looked_at, trial.taken_before) == (4, 1)
    assert [row.outcome for row in trial.rows] == ["acted", "acted", "capped"]
    assert [row.minutes for row in trial.rows] == [30, None, None]
    assert trial.rows[0].answer
    with shop.scope():
        assert not Ruling.objects.exists()


def test_a_trial_asks_as_much_of_many_refunds_as_of_few(shop, owner):
    rule = drafted(shop, act="refuse", text="no", refunds_to=5)
    shop.refund()
    few = len(owner.statements(f"{RULES}{rule.pk}/publish/"))
    for number in range(6):
        shop.refund(shop.order(buyer_id=f"b{number}"))
    assert len(owner.statements(f"{RULES}{rule.pk}/publish/")) == few


def kept(shop, rule, outcome, asked, count, *, at=NOON):
    """So many refunds that ended without money, each of so many yuan."""
    for _ in range(count):
        refund = shop.refund(shop.order(prices=(asked,), now=at), amount=asked, now=at)
        with shop.scope():
            type(refund).objects.filter(pk=refund.pk).update(status="closed", due_at=None, due_action="")
            Ruling.objects.create(
                store=shop.store,
                refund=refund,
                rule_id=rule.pk,
                version=1,
                outcome=outcome,
                act="approve",
                asked=asked,
                day=day_of(at, shop.store.time_zone),
                at=at,
            )


def test_money_kept_says_what_is_proved_and_what_is_not(shop, owner, clock):
    proved, chance = live(shop, "proved").rule, live(shop, "chance").rule
    for rule, acted in ((proved, "90.00"), (chance, "20.00")):
        for outcome, asked in (("acted", acted), ("held_out", "20.00")):
            kept(shop, rule, outcome, asked, 30)
    few = live(shop, "few").rule
    kept(shop, few, "acted", "50.00", 1)
    page = owner.get("insights/")
    proofs = {proof.rule.name: proof for proof in page.context["proofs"]}
    assert (proofs["proved"].is_proved, str(proofs["proved"].difference)) == (True, "70.00")
    assert (proofs["chance"].is_proved, proofs["chance"].has_enough) == (False, True)
    assert (proofs["few"].is_proved, proofs["few"].has_enough) == (False, False)
    said = page.content.decode()
    assert "Not proved: the difference may be chance." in said
    assert "too few refunds have ended" in said


def test_the_pages_of_a_rule_of_a_newer_release_open(shop, owner):
    version = live(shop, act="tag", tag="B")
    with shop.scope():
        RuleVersion.objects.update(says={**version.says, "lane": "fast"})
        StoreRule.objects.update(draft={**version.says, "act": "to_the_moon"})
    for page in (RULES, f"{RULES}{version.rule_id}/change/"):
        assert "This rule was made with a newer version" in owner.get(page).content.decode()


@for_each(("act", "says"), [("tag", {"tag": "VIP"}), ("tell", {"text": "看照片"})])
def test_a_rule_that_sorts_asks_for_no_share_and_no_money(shop, owner, act, says):
    """The page hides both: whatever they hold is not looked at, and another act is offered the usual share."""
    owner.post(f"{RULES}add/", **{**BARE, "act": act, **says, "held_out": "x", "most_yuan_a_day": "-1"})
    with shop.scope():
        rule = StoreRule.objects.get()
    assert (rule.draft["held_out"], rule.draft["most_yuan_a_day"]) == (0, "500.00")
    form = owner.get(f"{RULES}{rule.pk}/edit/").context["form"]
    assert (form["held_out"].value(), f"{form['most_yuan_a_day'].value()}") == (10, "500.00")
