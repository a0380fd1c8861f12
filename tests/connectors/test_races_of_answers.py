"""Persons and workers who touch the same decision, task, link, hint or mirror at once, on connections of their own."""

from datetime import timedelta
from functools import partial

import pytest

from common.models import Event
from common.obligations import ask_soon
from common.tenancy import system_scope
from connectors import hinting
from connectors.answering import give_code, resume_decision
from connectors.by_hand import close_task
from connectors.deciding import _is_mine, _put_off, _settle
from connectors.hinting import HINTS, keep_hints
from connectors.linking import keep_authorisation, make_link
from connectors.mending import disconnect_shop
from connectors.models import Connection, PlatformTask, RefundHint, SentDecision
from connectors.port import Hint, NotThere, Tokens
from connectors.states import SendingStatus
from connectors.taking import take_copy
from connectors.waking import ask_again
from refunds.actions import lock_refund
from tests.concurrency.harness import overtaken
from tests.connectors.deciding import Followed, verify
from tests.connectors.test_races import in_scope, keeping
from tests.connectors.toy import copy_of
from tests.world import MERCHANT, NOON

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def followed(connected):
    """A refund of a connected shop that has been pulled."""
    return Followed(connected)


def taking(followed, *, minutes: int = 0, **what):
    """A copy of the refund as it becomes now."""
    copy = copy_of(followed.server.put("R1", NOON + timedelta(minutes=minutes), **what))
    return partial(take_copy, followed.connected.connection, copy, read_at=NOON, now=NOON)


class TestOneDecision:
    """A person says something about a decision that somebody else is at."""

    @pytest.fixture
    def wanted(self, connected):
        """The seller's phone has got a code."""
        followed = Followed(connected, code="4711")
        followed.decide()
        followed.turn()
        assert followed.decision.status == SendingStatus.CODE_WANTED
        return followed

    @staticmethod
    def code(followed, code="4711"):
        told = {"store_id": followed.refund.store_id, "decision_id": followed.decision.pk}
        return partial(give_code, **told, code=code, actor=MERCHANT, now=NOON)

    def test_of_two_who_give_the_code_at_once_one_is_heard(self, wanted):
        shop, second = wanted.connected.shop, self.code(wanted, "9999")
        race = overtaken(self.code(wanted), in_scope(shop, second), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
        assert (wanted.decision.data["code"], wanted.events().count("decision.code_given")) == ("4711", 1)

    def test_a_code_that_comes_while_a_copy_ends_the_decision_sends_nothing(self, wanted):
        shop, done = wanted.connected.shop, taking(wanted, status="agreed", code="")
        race = overtaken(done, in_scope(shop, self.code(wanted)), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
        assert (wanted.decision.status, wanted.decision.next_attempt_at) == (SendingStatus.CONFIRMED, None)

    @pytest.mark.parametrize(
        ("what", "status"),
        [({"status": "agreed"}, SendingStatus.CONFIRMED), ({"status": "withdrawn"}, SendingStatus.MOVED_ON)],
    )
    def test_a_copy_that_comes_while_the_code_is_given_ends_it(self, wanted, what, status):
        shop = wanted.connected.shop
        race = overtaken(self.code(wanted), taking(wanted, **what), scope=shop.scope())
        assert race.codes == ("ok", "ok")
        assert (wanted.decision.status, wanted.refund.decision_sent) == (status, "")
        assert (wanted.decision.next_attempt_at, "code" in wanted.decision.data) == (None, False)
        assert verify() == {}

    def test_a_shop_that_is_disconnected_while_the_code_is_given_drops_it(self, wanted):
        shop = wanted.connected.shop
        leave = partial(disconnect_shop, store_id=shop.store.pk, actor=MERCHANT, now=NOON)
        race = overtaken(self.code(wanted), in_scope(shop, leave), scope=shop.scope())
        assert race.codes == ("ok", "ok")
        assert (wanted.decision.status, wanted.refund.decision_sent) == (SendingStatus.DROPPED, "")
        assert wanted.decision.next_attempt_at is None

    def test_of_two_who_have_it_looked_at_again_one_does(self, followed):
        shop = followed.connected.shop
        decision = followed.decide()
        with shop.scope():
            SentDecision.objects.filter(pk=decision.pk).update(needs_attention=True, next_attempt_at=None)
        told = {"store_id": shop.store.pk, "decision_id": decision.pk}
        resume = partial(resume_decision, **told, actor=MERCHANT, now=NOON)
        race = overtaken(resume, in_scope(shop, resume), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
        assert followed.events().count("decision.resumed") == 1

    @pytest.mark.parametrize("copy_first", [True, False])
    def test_of_a_copy_and_a_disconnection_at_once_the_first_ends_it(self, followed, copy_first):
        """What a copy has confirmed is not dropped after it, nor what was dropped confirmed."""
        shop = followed.connected.shop
        followed.decide()
        copy = taking(followed, status="agreed")
        leave = partial(disconnect_shop, store_id=shop.store.pk, actor=MERCHANT, now=NOON)
        first, second = (copy, in_scope(shop, leave)) if copy_first else (leave, copy)
        race = overtaken(first, second, scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        status = SendingStatus.CONFIRMED if copy_first else SendingStatus.DROPPED
        assert (followed.decision.status, followed.refund.decision_sent) == (status, "")
        assert followed.events().count("refund.decision_refused") == (0 if copy_first else 1)
        assert verify() == {}

    def test_what_another_worker_has_taken_up_is_left_to_it(self, followed):
        shop, other = followed.connected.shop, followed.refund.pk
        decision = followed.decide()
        with shop.scope():
            SentDecision.objects.filter(pk=decision.pk).update(leased_by=shop.address.pk)
        mine = followed.decision
        take_up = partial(SentDecision.objects.filter(pk=mine.pk).update, leased_by=other)
        race = overtaken(take_up, partial(_settle, mine, lambda it: _put_off(it, "no answer")), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        assert (followed.decision.leased_by, followed.decision.last_error) == (other, "")
        until = followed.decision.leased_until
        assert (_is_mine(mine), followed.decision.leased_until) == (False, until)

    def test_an_answer_waits_for_who_has_the_refund(self, followed):
        """Whoever ends a decision holds its refund: what it says there and here is one thing."""
        shop, decision = followed.connected.shop, followed.decide()
        with shop.scope():
            SentDecision.objects.filter(pk=decision.pk).update(leased_by=shop.address.pk)
        lock = partial(lock_refund, store_id=shop.store.pk, refund_id=followed.refund.pk)
        race = overtaken(lock, partial(_settle, followed.decision, lambda it: None), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)

    def test_of_two_copies_at_once_the_newer_counts(self, followed):
        refused = taking(followed, minutes=1, status="refused")
        returning = taking(followed, minutes=2, status="withdrawn")
        race = overtaken(returning, refused, scope=followed.connected.shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        assert (race.first.value, race.second.value) == (True, False)
        assert followed.connected.mirror()["R1"] == (3, "withdrawn")
        assert followed.refund.status == "withdrawn"


class TestOneTask:
    """What is to be done by hand is closed once."""

    @pytest.fixture
    def by_hand(self, connected):
        """Somebody has refused what came back, which there is no call for."""
        followed = Followed(connected, kind="return_and_refund", status="returning")
        followed.decide("refuse_receipt", text="Stones came back.")
        return followed

    @staticmethod
    def closing(followed):
        with followed.connected.shop.scope():
            task = PlatformTask.objects.get()
        return partial(close_task, store_id=task.store_id, task_id=task.pk, actor=MERCHANT, now=NOON)

    def closed(self, followed) -> list[bool]:
        """For each time that it was closed, whether by itself."""
        with followed.connected.shop.scope():
            return [event.data["by_itself"] for event in Event.objects.filter(name="task.closed")]

    @pytest.mark.parametrize("copy_first", [True, False])
    def test_a_person_and_a_copy_at_once(self, by_hand, copy_first):
        shop = by_hand.connected.shop
        copy, person = taking(by_hand, status="refused"), self.closing(by_hand)
        first, second = (copy, in_scope(shop, person)) if copy_first else (person, copy)
        race = overtaken(first, second, scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        assert self.closed(by_hand) == [copy_first]
        assert by_hand.events().count("refund.decision_done") == (0 if copy_first else 1)
        assert (by_hand.decision.status, by_hand.refund.decision_sent) == (SendingStatus.CONFIRMED, "")

    def test_two_persons_at_once(self, by_hand):
        shop, close = by_hand.connected.shop, self.closing(by_hand)
        race = overtaken(close, in_scope(shop, close), scope=shop.scope())
        assert (race.codes, race.waited, self.closed(by_hand)) == (("ok", "ok"), True, [False])


class TestOneConnection:
    """Owners, workers and links at one connection."""

    def test_a_link_that_is_used_twice_at_once_works_once(self, connected):
        shop = connected.shop
        told = {"store_id": shop.store.pk, "actor": MERCHANT, "now": NOON}
        with shop.scope():
            make_link(**told, user="anna", callback="http://testserver/back/")
        nonce = connected.connection.link_nonce

        def keeping_tokens(number):
            tokens = Tokens(f"token-{number}", None, f"refresh-{number}", shop_id="shop-1")
            return partial(keep_authorisation, **told, nonce=nonce, tokens=tokens)

        race = overtaken(keeping_tokens(8), in_scope(shop, keeping_tokens(9)), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "link_over"), True)
        with shop.scope():
            assert Event.objects.filter(name="connection.authorised").count() == 1

    def test_how_far_a_worker_came_while_keys_are_entered_anew_is_kept(self, connected):
        later = NOON + timedelta(hours=1)
        move = partial(Connection.objects.filter(store=connected.shop.store).update, cursor=later)
        race = overtaken(move, keeping(connected.shop), scope=connected.shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        assert connected.connection.cursor == later


class TestHints:
    """Hints at the same refund."""

    @pytest.fixture
    def hint(self, connected):
        with connected.shop.scope():
            keep_hints(connection=connected.connection, hints=[Hint("m1", "R1")], now=NOON - HINTS.kept_for)
            return RefundHint.objects.get()

    def test_one_that_was_read_meanwhile_is_not_put_off(self, connected, hint):
        end, later = partial(hinting._end_hints, [hint]), partial(hinting._try_later, hint, NotThere("not yet"))
        race = overtaken(end, in_scope(connected.shop, later), scope=connected.shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        assert (race.second.value, connected.shop.reload(hint).next_attempt_at) == (False, None)

    def test_who_asks_again_waits_for_nobody_who_is_at_a_row(self, connected, hint, subtests):
        """A worker that notes what came of one holds it; the others come soon, this one is left as it is."""
        shop, later = connected.shop, NOON + timedelta(days=400)
        with shop.scope():
            keep_hints(connection=connected.connection, hints=[Hint("m2", "R2")], now=NOON)
        rows = RefundHint.objects.filter(store=shop.store)
        hold = partial(RefundHint.objects.filter(pk=hint.pk).update, platform_id="R1")
        ways = {
            "ask_soon": ({"next_attempt_at": later}, partial(ask_soon, rows)),
            "ask_again": (
                {"next_attempt_at": None, "needs_attention": True},
                partial(ask_again, connected.connection),
            ),
        }
        for name, (waits, ask) in ways.items():
            with subtests.test(name), shop.scope():
                rows.update(last_error="no answer", **waits)
            race = overtaken(hold, in_scope(shop, ask), scope=shop.scope())
            assert (race.codes, race.waited) == (("ok", "ok"), False)
            with shop.scope():
                assert rows.get(key="m1").next_attempt_at == waits["next_attempt_at"]
                assert rows.filter(key="m2", next_attempt_at__lt=later).exists()

    def test_only_those_at_the_refund_that_is_not_there_are_put_off(self, connected, hint):
        with connected.shop.scope():
            keep_hints(connection=connected.connection, hints=[Hint("m2", "R1"), Hint("m3", "R2")], now=NOON)
            before = dict(RefundHint.objects.values_list("key", "next_attempt_at"))
            hinting._try_later(hint, NotThere("not yet"))
            after = dict(RefundHint.objects.values_list("key", "next_attempt_at"))
        assert {key for key in after if after[key] != before[key]} == {"m1", "m2"}

    def test_what_is_forgotten_twice_at_once_nobody_waits_for(self, connected, hint):
        with connected.shop.scope():
            hinting._end_hints([hint])
        race = overtaken(HINTS.let_go, HINTS.let_go, scope=system_scope())
        assert (race.codes, race.waited) == (("ok", "ok"), False)
        assert (race.first.value, race.second.value) == (1, 0)
