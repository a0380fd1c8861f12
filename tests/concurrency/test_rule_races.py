"""Rules and their caps under races, and workers that die: each refund is ruled on once, no day is overfull."""

from functools import partial

import pytest
from django.db import OperationalError

from automation.actions import change_rule, draft_rule, move_rule, publish_rule, turn_off_rule
from automation.models import Ruling, StoreRule
from automation.running import rule_on
from automation.sweeps import run_rules
from common.actors import SYSTEM
from common.errors import Invalid
from common.models import Event, Setback
from common.tenancy import system_scope
from payments.settlement import settle_batch
from refunds.actions import reject_refund
from tests.automation.rules import REFUSE, drafted, live, ruling_of
from tests.concurrency.crash import Moment, crash_at, every_crash
from tests.concurrency.harness import overtaken, together
from tests.concurrency.invariants import assert_paid_once
from tests.world import MERCHANT, NOON


def approving(shop, **says):
    """A rule that pays at once."""
    return live(shop, "R", **{"kinds": ["refund_only"], "most_yuan_a_day": "9999.00", **says})


def asked(shop, count):
    """So many requests whose money goes out with a yes."""
    return [shop.refund(shop.order(shipped=False), kind="refund_only") for _ in range(count)]


def ruled(shop, refund):
    """One worker's turn with a refund."""

    def call():
        with system_scope():
            return rule_on(store_id=shop.store.pk, refund_id=refund.pk, actor=SYSTEM, now=NOON)

    return call


def test_two_workers_rule_on_each_refund_once(shop, clock):
    approving(shop)
    refunds = asked(shop, 8)
    results = together(run_rules, run_rules, run_rules)
    assert [result.code for result in results] == ["ok"] * 3
    while run_rules():
        pass
    assert {ruling_of(refund).outcome for refund in refunds} == {"acted"}
    with system_scope():
        assert Event.objects.filter(name="refund.approved").count() == Event.objects.filter(name="rule.acted").count()
        assert Ruling.objects.count() == len(refunds)
        assert not Setback.objects.exists()


def test_who_comes_second_to_a_refund_waits_and_finds_it_ruled_on(shop, clock):
    live(shop, act="ask_evidence", text="请拍一张照片")
    refund = shop.refund()
    held = partial(rule_on, store_id=shop.store.pk, refund_id=refund.pk, actor=SYSTEM, now=NOON)
    race = overtaken(held, ruled(shop, refund), scope=system_scope())
    assert (race.codes, race.waited, race.second.value) == (("ok", "ok"), True, None)
    with system_scope():
        assert Event.objects.filter(name="message.sent").count() == 1


@pytest.mark.parametrize("cap", [{"most_a_day": 1}, {"most_yuan_a_day": "100.00"}])
def test_the_last_place_of_a_day_is_given_once(shop, clock, cap):
    approving(shop, **cap)
    first, second = asked(shop, 2)
    held = partial(rule_on, store_id=shop.store.pk, refund_id=first.pk, actor=SYSTEM, now=NOON)
    race = overtaken(held, ruled(shop, second), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert [ruling_of(refund).outcome for refund in (first, second)] == ["acted", "capped"]
    assert shop.reload(second).status == "awaiting_merchant"


def test_six_at_once_keep_within_the_day(shop, clock):
    approving(shop, most_a_day=3)
    refunds = asked(shop, 6)
    results = together(*[ruled(shop, refund) for refund in refunds])
    assert [result.code for result in results] == ["ok"] * 6
    assert sorted(ruling_of(refund).outcome for refund in refunds) == ["acted"] * 3 + ["capped"] * 3


def test_what_is_turned_off_first_does_not_act(shop, clock):
    version = approving(shop)
    (refund,) = asked(shop, 1)
    off = partial(turn_off_rule, store_id=shop.store.pk, rule_id=version.rule_id, actor=MERCHANT, now=NOON)
    race = overtaken(off, ruled(shop, refund), scope=shop.scope())
    assert (race.codes, race.waited, race.second.value) == (("ok", "ok"), True, None)
    assert (shop.reload(refund).status, ruling_of(refund)) == ("awaiting_merchant", None)


def changes(shop, rule_id, *, name="R", **says):
    """What changes a rule's form."""
    definition = {"held_out": 0, **says}
    by = {"actor": MERCHANT, "now": NOON}
    return partial(change_rule, store=shop.store, rule_id=rule_id, name=name, definition=definition, **by)


def at_once(shop, first, second):
    """Two people of the store: `second` comes while `first` has yet to commit."""

    def later():
        with shop.scope():
            return second()

    return overtaken(first, later, scope=shop.scope())


def test_what_is_published_anew_first_is_not_ruled_on_by_the_version_before(shop, clock):
    version = approving(shop)
    (refund,) = asked(shop, 1)
    with shop.scope():
        changes(shop, version.rule_id, **REFUSE)()
    anew = partial(publish_rule, store_id=shop.store.pk, rule_id=version.rule_id, actor=MERCHANT, now=NOON)
    race = overtaken(anew, ruled(shop, refund), scope=shop.scope())
    assert (race.codes, race.waited, race.second.value) == (("ok", "ok"), True, None)
    assert (shop.reload(refund).status, ruling_of(refund)) == ("awaiting_merchant", None)
    run_rules()
    assert (shop.reload(refund).status, ruling_of(refund).version) == ("rejected", 2)


def test_of_two_who_publish_a_draft_the_second_is_told_that_it_is_on(shop, clock):
    rule = drafted(shop)
    publish = partial(publish_rule, store_id=shop.store.pk, rule_id=rule.pk, actor=MERCHANT, now=NOON)
    race = at_once(shop, publish, publish)
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)


def test_of_two_who_give_rules_one_name_the_second_is_told(shop, clock):
    by = {"store": shop.store, "definition": {"act": "approve"}, "actor": MERCHANT, "now": NOON}
    draft = partial(draft_rule, name="R", **by)
    race = at_once(shop, draft, draft)
    assert (race.first.ok, race.waited, type(race.second.error)) == (True, True, Invalid)
    one, other = (drafted(shop).pk for _ in range(2))
    race = at_once(shop, *(changes(shop, rule, name="S", act="approve") for rule in (one, other)))
    assert (race.first.ok, race.waited, type(race.second.error)) == (True, True, Invalid)


def test_of_two_who_move_rules_neither_move_is_lost(shop, clock):
    rules = {name: drafted(shop, name).pk for name in "abc"}
    by = {"store": shop.store, "place": 1, "actor": MERCHANT, "now": NOON}
    race = at_once(shop, *(partial(move_rule, rule_id=rules[name], **by) for name in "cb"))
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        assert list(StoreRule.objects.order_by("place").values_list("name", "place")) == [("b", 1), ("c", 2), ("a", 3)]


def test_a_person_who_decides_first_is_not_overruled(shop, clock):
    approving(shop)
    (refund,) = asked(shop, 1)
    decide = partial(reject_refund, store_id=shop.store.pk, refund_id=refund.pk, reason="no", actor=MERCHANT, now=NOON)
    race = overtaken(decide, ruled(shop, refund), scope=shop.scope())
    assert (race.codes, race.waited, race.second.value) == (("ok", "ok"), True, None)
    assert (shop.reload(refund).status, ruling_of(refund)) == ("rejected", None)


def test_a_worker_that_dies_at_any_statement_loses_nothing_and_pays_once(shop, clock):
    approving(shop)
    (first,) = asked(shop, 1)
    with crash_at(None) as steps:
        ruled(shop, first)()
    for step, moment in every_crash(len(steps)):
        (refund,) = asked(shop, 1)
        with pytest.raises(OperationalError), crash_at(step, moment) as seen:
            ruled(shop, refund)()
        assert seen.crashed
        is_done = (step, moment) == (len(steps), Moment.AFTER)
        assert (ruling_of(refund) is not None) == is_done, (step, moment)
        assert (shop.reload(refund).status == "refunding") == is_done
        run_rules()
        assert ruling_of(refund).outcome == "acted"
        settle_batch()
        assert_paid_once(refund, "59.00")
