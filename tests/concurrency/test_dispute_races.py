"""The races of a dispute and an appeal.

Two deciders, a withdrawal, an approval, a deadline, the last place for evidence.
"""

from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest

from common.tenancy import system_scope
from common.uploads import clean_upload
from payments.models import Payment, Transfer
from payments.settlement import settle_batch
from refunds import actions as refund_actions
from refunds.models import Appeal, Dispute, Evidence
from refunds.platform.appeals import decide_appeal, open_appeal
from refunds.platform.disputes import decide_dispute, open_dispute
from refunds.platform.evidence import add_evidence, stored
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.harness import overtaken, together
from tests.concurrency.test_refund_races import in_scope
from tests.tenancy.things import PHOTO, make_instant_refund
from tests.world import BUYER, MERCHANT, NOON

SOON = NOON + timedelta(minutes=5)
DEADLINE = NOON + timedelta(hours=36)


def asker(shop, refund, side="buyer", now=SOON):
    """A call that asks the platform."""
    return partial(
        open_dispute,
        store_id=shop.store.pk,
        refund_id=refund.pk,
        opened_by=side,
        plea="broken",
        actor=BUYER if side == "buyer" else MERCHANT,
        now=now,
    )


def disputed(shop):
    """A refund with an open dispute."""
    refund = shop.refund()
    with shop.scope():
        return refund, asker(shop, refund)()


def decider(shop, dispute, outcome="buyer", **kwargs):
    """A call that decides it."""
    return partial(
        decide_dispute,
        store_id=shop.store.pk,
        dispute_id=dispute.pk,
        outcome=outcome,
        note="x",
        actor=MERCHANT,
        now=SOON,
        **kwargs,
    )


def decision(shop, refund, name):
    """A call that decides the refund otherwise."""
    action = getattr(refund_actions, f"{name}_refund")
    more = {"reason": "no"} if name == "reject" else {}
    return partial(action, store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=SOON, **more)


def appealed(shop):
    """An appeal against an instant refund that was paid."""
    refund = make_instant_refund(shop)
    while settle_batch():
        pass
    with shop.scope():
        return open_appeal(store_id=shop.store.pk, refund_id=refund.pk, plea="empty", actor=MERCHANT, now=SOON)


def appeal_decider(shop, appeal, outcome="merchant"):
    """A call that decides the appeal."""
    return partial(
        decide_appeal,
        store_id=shop.store.pk,
        appeal_id=appeal.pk,
        outcome=outcome,
        note="x",
        actor=MERCHANT,
        now=SOON,
    )


def evidence_adder(shop, refund, now=SOON):
    """A call that adds a photograph."""

    def add():
        file = clean_upload(BytesIO(PHOTO), "photo.png")
        with stored(shop.store.pk, file) as stored_as:
            return add_evidence(
                store_id=shop.store.pk,
                refund_id=refund.pk,
                side="buyer",
                file=file,
                stored_as=stored_as,
                note="",
                actor=BUYER,
                now=now,
            )

    return add


@pytest.mark.rule("R7")
@pytest.mark.parametrize(("first", "second"), [("buyer", "merchant"), ("merchant", "buyer"), ("buyer", "buyer")])
def test_two_people_decide(shop, clock, first, second):
    refund, dispute = disputed(shop)
    race = overtaken(decider(shop, dispute, first), in_scope(shop, decider(shop, dispute, second)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with shop.scope():
        assert Dispute.objects.get().outcome == first
        assert Payment.objects.filter(topic_id=refund.pk).count() == (first == "buyer")


@pytest.mark.rule("R7")
def test_many_people_decide_at_the_same_instant(shop, clock):
    _, dispute = disputed(shop)
    outcomes = ["buyer", "merchant", "buyer", "merchant"]
    results = together(*[in_scope(shop, decider(shop, dispute, outcome)) for outcome in outcomes])
    assert sorted(result.code for result in results) == ["invalid_transition"] * 3 + ["ok"]


@pytest.mark.rule("R7")
@pytest.mark.parametrize("withdrawn_first", [True, False])
def test_decided_while_the_buyer_withdraws(shop, clock, withdrawn_first):
    refund, dispute = disputed(shop)
    calls = [decision(shop, refund, "withdraw"), decider(shop, dispute)]
    first, second = calls if withdrawn_first else calls[::-1]
    race = overtaken(first, in_scope(shop, second), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    now = shop.reload(refund)
    assert now.status == ("withdrawn" if withdrawn_first else "refunding")
    assert shop.reload(dispute).status == ("withdrawn" if withdrawn_first else "decided")


@pytest.mark.rule("R7")
@pytest.mark.parametrize("other", ["approve", "reject"])
@pytest.mark.parametrize("asked_first", [True, False])
def test_the_platform_is_asked_while_the_merchant_decides(shop, clock, other, asked_first):
    refund = shop.refund()
    calls = [asker(shop, refund), decision(shop, refund, other)]
    first, second = calls if asked_first else calls[::-1]
    race = overtaken(first, in_scope(shop, second), scope=shop.scope())
    # Who comes after a rejection may still ask the platform.
    expected = "ok" if not asked_first and other == "reject" else "invalid_transition"
    assert (race.codes, race.waited) == (("ok", expected), True)


@pytest.mark.rule("R7")
def test_both_sides_ask_at_once(shop, clock):
    refund = shop.refund()
    race = overtaken(asker(shop, refund), in_scope(shop, asker(shop, refund, "merchant")), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with shop.scope():
        assert Dispute.objects.count() == 1


@pytest.mark.rule("R7")
def test_asked_a_moment_before_the_deadline_and_at_it(shop, clock):
    early, late = shop.refund(), shop.refund()
    clock.move(hours=36)
    race = overtaken(
        asker(shop, early, now=DEADLINE - timedelta(seconds=1)), partial(sweep_due_refunds), scope=shop.scope()
    )
    assert race.codes == ("ok", "ok")
    assert shop.reload(early).status == "disputed"
    assert in_scope_code(shop, asker(shop, late, now=DEADLINE)) == "invalid_transition"
    sweep_due_refunds()
    assert shop.reload(late).status == "awaiting_return"


def in_scope_code(shop, call) -> str:
    """How one call ends."""
    return together(in_scope(shop, call))[0].code


@pytest.mark.rule("P5")
@pytest.mark.parametrize("second", ["merchant", "buyer"])
def test_an_appeal_is_decided_once(shop, clock, second):
    appeal = appealed(shop)
    race = overtaken(
        appeal_decider(shop, appeal), in_scope(shop, appeal_decider(shop, appeal, second)), scope=shop.scope()
    )
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with system_scope():
        assert [str(row.amount) for row in Transfer.objects.filter(purpose="compensation")] == ["59.00"]


@pytest.mark.rule("P5")
def test_two_appeals_at_once_are_one(shop, clock):
    refund = make_instant_refund(shop)
    call = partial(open_appeal, store_id=shop.store.pk, refund_id=refund.pk, plea="x", actor=MERCHANT, now=SOON)
    race = overtaken(call, in_scope(shop, call), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with shop.scope():
        assert Appeal.objects.count() == 1


@pytest.mark.rule("Q17")
def test_evidence_at_its_deadline_and_while_it_is_decided(shop, clock):
    refund, dispute = disputed(shop)
    last = dispute.evidence_until
    assert in_scope_code(shop, evidence_adder(shop, refund, last - timedelta(microseconds=1))) == "ok"
    assert in_scope_code(shop, evidence_adder(shop, refund, last)) == "evidence_closed"
    race = overtaken(decider(shop, dispute), in_scope(shop, evidence_adder(shop, refund)), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "evidence_closed"), True)
    with shop.scope():
        assert Evidence.objects.count() == 1


@pytest.mark.rule("Q17")
def test_the_tenth_file_is_the_last_however_many_come_at_once(shop, clock):
    refund = shop.refund()
    for _ in range(8):
        with shop.scope():
            evidence_adder(shop, refund)()
    codes = sorted(result.code for result in together(*[in_scope(shop, evidence_adder(shop, refund))] * 4))
    assert codes == ["evidence_limit_reached"] * 2 + ["ok"] * 2
