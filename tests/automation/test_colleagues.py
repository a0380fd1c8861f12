"""Rules that move nothing: they give a refund to a colleague, or tell people of it."""

from datetime import date, timedelta

import pytest

from automation.actions import draft_rule, publish_rule, turn_off_rule
from automation.definition import as_json, loaded, read_definition
from automation.models import RuleVersion, StoreRule, live_unknown
from automation.proof import Arm, prove
from automation.running import live_versions
from automation.sweeps import run_rules
from automation.trying import try_rule
from automation.wording import definition_differences, difference_words, limit_words, then_words
from common.errors import Invalid
from common.models import Event, Setback
from common.sentences import in_readers_words
from common.tenancy import system_scope
from refunds.models import Assignment, RefundTag
from refunds.team.assigning import assign_refund, share_out_refunds
from stores.actions import remove_member, update_store
from stores.models import Membership
from tests.automation.rules import live, ruling_of
from tests.cases import for_each
from tests.world import MERCHANT, NOON, OPERATOR, make_shop, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop("tmall")


def holder(shop, refund) -> str:
    with shop.scope():
        return ",".join(Assignment.objects.filter(refund=refund).values_list("assignee__username", flat=True))


def test_a_rule_gives_a_refund_to_a_colleague(shop, clock):
    make_user("wang", shop=shop, role="agent")
    live(shop, "R", act="assign", assignee="wang")
    refund = shop.refund()
    run_rules()
    assert (ruling_of(refund).outcome, holder(shop, refund)) == ("acted", "wang")
    assert shop.reload(refund).status == "awaiting_merchant"
    with shop.scope():
        assert Event.objects.get(name="refund.assigned").actor_label == "rule:R v1"


def test_it_is_given_over_whose_turn_it_was_but_not_over_who_took_it(shop, clock):
    wang, li = (make_user(name, shop=shop, role="agent") for name in ("wang", "li"))
    with shop.scope():
        update_store(store=shop.store, shares_out_refunds=True, actor=OPERATOR, now=NOON)
        Membership.objects.filter(user=wang).update(turn=9)
    live(shop, act="assign", assignee="wang")
    in_turn, taken = shop.refund(), shop.refund(shop.order(buyer_id="b2"))
    with shop.scope():
        act = {"store_id": shop.store.pk, "refund_id": taken.pk, "actor": MERCHANT, "now": NOON}
        assign_refund(**act, assignee_id=li.pk, had=None)
    share_out_refunds()
    assert (holder(shop, in_turn), holder(shop, taken)) == ("li", "li")
    run_rules()
    assert (holder(shop, in_turn), holder(shop, taken)) == ("wang", "li")
    assert ruling_of(taken).outcome == "refused"
    assert "li sees to this refund" in in_readers_words(ruling_of(taken).why)


def test_somebody_who_left_gets_nothing_and_the_rule_says_so(shop, clock):
    make_user("wang", shop=shop, role="agent")
    live(shop, act="assign", assignee="wang")
    with shop.scope():
        member = Membership.objects.get(user__username="wang")
        remove_member(store_id=shop.store.pk, member_id=member.pk, actor=OPERATOR, now=NOON)
    refund = shop.refund()
    run_rules()
    assert (ruling_of(refund).outcome, holder(shop, refund)) == ("refused", "")
    assert "Choose a member of this store" in in_readers_words(ruling_of(refund).why)


@for_each("name", ["stranger", "viewer", "nobody"])
def test_nobody_else_than_who_may_decide_here_is_given_anything(shop, name):
    make_user("stranger", shop=make_shop("taote"), role="agent")
    make_user("viewer", shop=shop, role="viewer")
    with shop.scope(), pytest.raises(Invalid) as refused:
        draft_rule(store=shop.store, name="R", definition={"act": "assign", "assignee": name}, actor=MERCHANT, now=NOON)
    assert refused.value.attr == "assignee"


@for_each(
    ("says", "field"),
    [
        ({"act": "assign"}, "assignee"),
        ({"act": "approve", "assignee": "wang"}, "assignee"),
        ({"act": "offer", "method": "coupon", "assignee": "wang"}, "assignee"),
        ({"act": "tag"}, "tag"),
        ({"act": "approve", "tag": "x"}, "tag"),
        ({"act": "tag", "tag": "长" * 21}, "tag"),
        ({"act": "tag", "tag": "㍿" * 6}, "tag"),
        ({"act": "tell"}, "text"),
        ({"act": "tell", "text": "x", "amount": "1"}, "amount"),
    ],
)
def test_what_does_not_belong_to_the_act_is_refused_by_its_field(shop, says, field):
    with pytest.raises(Invalid) as refused:
        read_definition(says, shop.store.rules)
    assert refused.value.attr == field


def test_what_an_earlier_release_published_is_read_and_compared(shop):
    """Its rules name nobody; a rule that doesn't either is written as before, for that release reads it meanwhile."""
    said = as_json(read_definition({"act": "approve"}, shop.store.rules))
    assert "assignee" not in said
    assert loaded(said).assignee == ""
    wanted = as_json(read_definition({"act": "assign", "assignee": "wang"}, shop.store.rules))
    assert then_words(loaded(wanted)) == "Give it to somebody: wang"
    assert difference_words(definition_differences(said, wanted)) == [
        "Then: Approve → Give it to somebody: wang",
        "Limits: At most 50 times and ¥500.00 a day; 10% are held out. → At most 50 times a day.",
    ]


def test_a_draft_whose_colleague_left_is_not_published(shop):
    make_user("wang", shop=shop, role="agent")
    definition = {"act": "assign", "assignee": "wang"}
    with shop.scope():
        rule = draft_rule(store=shop.store, name="R", definition=definition, actor=MERCHANT, now=NOON)
        Membership.objects.filter(user__username="wang").delete()
        with pytest.raises(Invalid) as refused:
            publish_rule(store_id=shop.store.pk, rule_id=rule.pk, actor=MERCHANT, now=NOON)
    assert refused.value.attr == "assignee"


def test_a_rule_puts_a_tag_on(shop, clock):
    version = live(shop, "R", act="tag", tag=" ＶＩ\u200bＰ", amount_from="50.00")
    assert version.definition.tag == "VIP", "as it is kept, so that its page and the tag's read alike"
    refund = shop.refund()
    run_rules()
    assert ruling_of(refund).outcome == "acted"
    with shop.scope():
        assert RefundTag.objects.get(refund=refund).name == "VIP"
        assert Event.objects.get(name="refund.tagged").actor_label == "rule:R v1"


SORTS = [{"act": "tag", "tag": "VIP"}, {"act": "assign", "assignee": "wang"}, {"act": "tell", "text": "look"}]


@for_each("says", SORTS)
def test_a_rule_that_sorts_holds_nobody_out_and_gives_nothing(shop, clock, says):
    make_user("wang", shop=shop, role="agent")
    rule = live(shop, held_out=50, most_a_day=100, **says).rule
    refunds = [shop.refund(shop.order(buyer_id=f"b{number}")) for number in range(8)]
    run_rules()
    assert {ruling_of(refund).outcome for refund in refunds} == {"acted"}
    with shop.scope():
        version = RuleVersion.objects.get(rule=rule)
        assert (version.says["held_out"], StoreRule.objects.get(pk=rule.pk).draft) == (0, version.says)
        assert limit_words(version.definition) == "At most 100 times a day."
        [proof] = prove([shop.store.pk], date(2026, 1, 1), date(2027, 12, 31))
    assert (proof.counts["acted"], proof.is_compared, proof.acting, proof.has_enough) == (8, False, Arm(), False)


def test_what_was_published_with_a_share_held_out_holds_nobody_out_either(shop, clock):
    version = live(shop, act="tag", tag="VIP", most_a_day=100)
    with shop.scope():
        RuleVersion.objects.filter(pk=version.pk).update(says={**version.says, "held_out": 50})
        StoreRule.objects.update(draft={**version.says, "held_out": 50})
    refunds = [shop.refund(shop.order(buyer_id=f"b{number}")) for number in range(8)]
    with shop.scope():
        tried = try_rule(StoreRule.objects.get(), NOON + timedelta(minutes=1)).rows
    assert {each.outcome for each in tried} == {"acted"}
    run_rules()
    assert {ruling_of(refund).outcome for refund in refunds} == {"acted"}


def says_more(shop, version, **more) -> None:
    """As a newer release beside this one has published it."""
    with shop.scope():
        RuleVersion.objects.filter(pk=version.pk).update(says={**version.says, **more})


@for_each("more", [{"act": "to_the_moon"}, {"lane": "fast"}])
def test_what_a_rule_of_a_newer_release_may_be_about_is_left_to_its_workers(shop, clock, more):
    """And is put off by nobody: the newer worker finds it at once, this one once the rule is off."""
    first, newer = live(shop, act="tag", tag="A", amount_from="50.00"), live(shop, act="tag", tag="B")
    says_more(shop, newer, **more)
    mine, theirs = shop.refund(amount="55.00"), shop.refund(shop.order(buyer_id="b2"), amount="20.00")
    run_rules()
    assert (ruling_of(mine).rule_id, ruling_of(theirs)) == (first.rule_id, None)
    assert not Setback.objects.exists()
    with shop.scope():
        turn_off_rule(store_id=shop.store.pk, rule_id=newer.rule_id, actor=MERCHANT, now=NOON)
    run_rules()
    assert ruling_of(theirs).outcome == "unmatched"


def test_what_is_left_to_newer_workers_keeps_no_other_refund_waiting(shop, clock, monkeypatch):
    """However many of one store await them: neither another store's, nor those of its own that known rules have."""
    monkeypatch.setattr("automation.sweeps.BATCH", 2)
    first, newer = live(shop, act="tag", tag="A", amount_from="50.00"), live(shop, act="tag", tag="B")
    says_more(shop, newer, act="to_the_moon")
    left = [shop.refund(shop.order(buyer_id=f"b{number}"), amount="20.00") for number in range(5)]
    mine, other = shop.refund(shop.order(buyer_id="b9"), amount="55.00"), make_shop("taote")
    live(other, act="tag", tag="C")
    theirs = [other.refund(other.order(buyer_id=f"b{number}")) for number in range(3)]
    assert [run_rules(limit=2) for _ in range(3)] == [2, 2, 0], "as `drain` takes steps"
    assert [ruling_of(refund).outcome for refund in theirs] == ["acted"] * 3
    assert ruling_of(mine).rule_id == first.rule_id
    assert [ruling_of(refund) for refund in left] == [None] * 5


def test_what_a_release_doesnt_know_is_told_of_as_its_workers_leave_it(shop, clock):
    """The database's look and a rule's own agree: of each field and act, and only of what is on."""
    versions = [live(shop, act="tag", tag="A") for _ in range(4)]
    says_more(shop, versions[1], act="to_the_moon")
    says_more(shop, versions[2], lane="fast")
    says_more(shop, versions[3], lane="fast")
    with shop.scope():
        turn_off_rule(store_id=shop.store.pk, rule_id=versions[3].rule_id, actor=MERCHANT, now=NOON)
        unknown = {each.rule_id for each in live_versions(shop.store.pk) if not each.is_known}
    with system_scope():
        assert {rule.pk for rule in live_unknown()} == unknown == {versions[1].rule_id, versions[2].rule_id}
