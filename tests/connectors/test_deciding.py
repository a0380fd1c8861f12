"""A merchant's decision arrives at the marketplace once, or who decided is told why it didn't."""

from datetime import timedelta

import pytest

from common.errors import Refused
from common.obligations import MAX_ATTEMPTS
from common.tenancy import system_scope
from connectors import deciding
from connectors.answering import resume_decision
from connectors.mending import disconnect_shop
from connectors.models import Connection, SentDecision
from connectors.states import ConnectionStatus, SendingStatus
from tests.connectors.deciding import Followed, verify
from tests.world import MERCHANT, NOON


@pytest.fixture
def followed(connected):
    return Followed(connected)


def test_it_is_sent_with_the_version_that_was_seen_and_true_when_the_copy_says_so(followed):
    decision = followed.decide()
    assert followed.refund.status == "awaiting_merchant"
    assert followed.turn()["sent"] == 1
    [sent] = followed.server.decided
    assert (sent["key"], sent["verb"], sent["version"]) == (str(decision.pk), "agree_refund", 1)
    assert followed.decision.status == SendingStatus.CONFIRMED
    assert (followed.refund.status, followed.refund.decision_sent) == ("refunding", "")
    assert verify() == {}


@pytest.mark.parametrize(
    ("call", "body", "verb", "status"),
    [("approve", {}, "agree_refund", "refunding"), ("reject", {"reason": "It is not as said."}, "refuse", "rejected")],
)
def test_a_call_of_the_merchants_program_reaches_the_marketplace(followed, call, body, verb, status):
    answer = followed.connected.shop.merchant.post(f"refunds/{followed.refund.pk}/{call}/", body)
    assert (answer.status_code, answer.json()["status"]) == (200, "awaiting_merchant")
    again = followed.connected.shop.merchant.post(f"refunds/{followed.refund.pk}/{call}/", body)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "decision_under_way")
    followed.turn()
    [sent] = followed.server.decided
    assert (sent["verb"], sent["text"]) == (verb, body.get("reason", ""))
    assert (followed.refund.status, followed.decision.status) == (status, SendingStatus.CONFIRMED)
    assert verify() == {}


def test_a_second_decision_waits_for_the_first(followed):
    followed.decide()
    assert followed.why_not("refuse").code == "decision_under_way"
    with pytest.raises(Refused):
        followed.decide("refuse")
    followed.turn()
    assert followed.why_not("extend") is None


class TestNobodyKnows:
    """The answer was lost, or the worker died: the refund is read before anything is sent again."""

    def done_and_lost(self, body):
        self.server._decide(body)
        return {"hang_up": True}

    def test_done_and_the_answer_lost_is_not_done_again(self, followed):
        self.server = followed.server
        followed.server.faults["decide"] = [self.done_and_lost]
        followed.decide()
        followed.turn()
        assert followed.decision.status == SendingStatus.WAITING
        followed.turn()
        assert len(followed.server.decided) == 1
        assert followed.decision.status == SendingStatus.CONFIRMED

    def test_not_done_and_the_answer_lost_is_sent_again_after_a_look(self, followed):
        followed.server.faults["decide"] = [{"hang_up": True}]
        followed.decide()
        followed.turn()
        reads = len(followed.server.calls("read"))
        followed.turn()
        assert len(followed.server.decided) == 1
        assert followed.server.calls("read")[reads:]
        assert len({each["key"] for each in followed.server.calls("decide")}) == 1

    @pytest.mark.parametrize("answer", ["not there", "refused", "write"])
    @pytest.mark.parametrize("is_lost", [True, False])
    def test_a_refund_that_cannot_be_read_just_then_was_not_refused(self, followed, answer, is_lost):
        """Whatever the look is answered: what was done there isn't told as refused, nor sent again."""
        self.server = followed.server
        followed.server.faults["decide"] = [self.done_and_lost] if is_lost else []
        followed.server.faults["read"] = [{"error": answer}] * 2
        followed.decide()
        for _ in range(4):
            followed.turn(hours=1)
        assert followed.server.faults["read"] == []
        assert "refund.decision_refused" not in followed.events()
        assert (followed.decision.status, len(followed.server.decided)) == (SendingStatus.CONFIRMED, 1)
        assert (followed.refund.status, verify()) == ("refunding", {})

    def test_what_a_person_was_called_for_is_looked_at_before_it_goes_out_again(self, followed, clock):
        """Nobody answered as often as anybody tries; what comes then isn't the first try: it may have been done."""
        for call in ("read", "list", "messages", "decide"):
            followed.server.faults[call] = [{"hang_up": True}] * 200
        followed.decide()
        with system_scope():
            SentDecision.objects.update(attempts=MAX_ATTEMPTS - 1)
        clock.move(minutes=10)
        followed.turn(most=1)
        assert (followed.decision.needs_attention, followed.decision.attempts) == (True, MAX_ATTEMPTS)
        followed.turn(most=1, hours=2)  # it still doesn't answer
        assert followed.decision.needs_attention is True
        followed.server.faults.clear()
        asked = len(followed.server.asked)
        followed.turn(hours=2)
        about_it = [call for call, _body in followed.server.asked[asked:] if call in ("read", "decide")]
        assert about_it[:2] == ["read", "decide"]
        assert (followed.decision.status, len(followed.server.decided)) == (SendingStatus.CONFIRMED, 1)

    def test_a_worker_that_dies_between_sending_and_recording_does_not_send_twice(self, followed, monkeypatch):
        class Killed(BaseException):
            pass

        def die(*args):
            raise Killed

        decision = followed.decide("extend")  # moves nothing by which the copy would tell
        with monkeypatch.context() as patch:
            patch.setattr(deciding, "_record", die)
            with pytest.raises(Killed):
                followed.turn()
        assert len(followed.server.decided) == 1
        assert (followed.decision.status, followed.decision.attempts) == (SendingStatus.WAITING, 1)
        followed.server.put("R1", NOON, status="agreed")
        followed.turn()
        assert len(followed.server.decided) == 1
        assert followed.decision.pk == decision.pk
        assert followed.decision.status == SendingStatus.MOVED_ON

    def test_after_ten_times_a_person_is_called_and_has_it_looked_at_again(self, followed):
        self.server = followed.server
        followed.server.faults["decide"] = [{"hang_up": True}] * (MAX_ATTEMPTS - 1) + [self.done_and_lost]
        followed.decide()
        for _ in range(MAX_ATTEMPTS + 1):
            followed.turn(hours=2)
        assert followed.decision.needs_attention
        assert "decision.stuck" in followed.events()
        with followed.connected.shop.scope():
            told = {"store_id": followed.refund.store_id, "decision_id": followed.decision.pk}
            resume_decision(**told, actor=MERCHANT, now=NOON)
        followed.turn()
        assert len(followed.server.decided) == 1
        assert followed.decision.status == SendingStatus.CONFIRMED


class TestChangedMeanwhile:
    """What the agent decided about isn't there any more."""

    def test_the_platform_says_so(self, followed):
        followed.decide()
        followed.server.put("R1", NOON, status="withdrawn")
        followed.turn()
        assert followed.server.decided == []
        assert followed.decision.status == SendingStatus.MOVED_ON
        assert "refund.decision_refused" in followed.events()
        assert (followed.refund.status, followed.refund.decision_sent) == ("withdrawn", "")

    def test_we_know_so_before_anything_is_sent(self, followed):
        followed.decide()
        followed.server.put("R1", NOON, amount="30.00")
        from connectors.taking import take_copy
        from tests.connectors.toy import copy_of

        take_copy(followed.connected.connection, copy_of(followed.server.refunds["R1"]), read_at=NOON, now=NOON)
        followed.turn()
        assert followed.server.calls("decide") == []
        assert followed.decision.status == SendingStatus.MOVED_ON
        assert "refund.decision_refused" in followed.events()

    def test_somebody_else_has_done_the_same(self, followed):
        followed.decide("refuse", text="no")
        followed.server.put("R1", NOON, status="refused")
        followed.server.messages = [{"id": "m1", "refund": "R1"}]
        followed.server.faults["decide"] = [{"hang_up": True}]
        followed.turn()
        followed.turn()
        assert followed.decision.status == SendingStatus.CONFIRMED
        assert followed.refund.status == "rejected"


class TestNo:
    """The platform says no, for a reason that who decided can read."""

    def test_it_refuses(self, followed):
        followed.server.faults["decide"] = [{"error": "refused"}]
        followed.decide()
        followed.turn()
        assert (followed.decision.status, followed.decision.told) == (SendingStatus.REFUSED, "isv.bad")
        assert followed.refund.needs_attention
        assert followed.why_not("refuse") is None

    def test_it_allows_no_such_decision_now(self, connected):
        followed = Followed(connected, refused=["refuse"])
        assert followed.why_not("refuse").code == "invalid_transition"
        assert followed.why_not("agree_refund") is None

    def test_throttled_it_goes_later_and_nothing_was_done(self, followed):
        followed.server.faults["decide"] = [{"error": "throttled"}]
        followed.decide()
        followed.turn()
        assert (followed.decision.status, followed.decision.attempts) == (SendingStatus.WAITING, 0)

    def test_an_authorisation_that_ends_keeps_it_until_somebody_authorises_anew(self, followed):
        followed.decide()
        followed.server.token = followed.server.refresh_token = "other"
        followed.turn()
        assert followed.connected.connection.status == ConnectionStatus.NEEDS_AUTHORISATION
        assert followed.why_not("refuse").code == "decision_under_way"
        followed.connected.connect()
        followed.turn()
        assert len(followed.server.decided) == 1

    def test_a_shop_that_is_not_connected_any_more(self, followed):
        with followed.connected.shop.scope():
            Connection.objects.update(status=ConnectionStatus.DISCONNECTED, sealed_secrets="", sealed_tokens="")
        assert followed.why_not("refuse").code == "not_connected"

    def test_what_is_under_way_ends_when_the_shop_is_disconnected(self, followed):
        followed.decide()
        with followed.connected.shop.scope():
            disconnect_shop(store_id=followed.refund.store_id, actor=MERCHANT, now=NOON)
        assert followed.decision.status == SendingStatus.DROPPED
        assert (followed.refund.decision_sent, followed.refund.needs_attention) == ("", True)
        assert verify() == {}

    @pytest.mark.parametrize(
        ("status", "needs_attention", "goes_on"),
        [("waiting", False, True), ("waiting", True, False), ("code_wanted", False, False), ("by_hand", False, False)],
    )
    def test_once_it_is_connected_anew_what_waited_goes_on_and_nothing_else(
        self, followed, status, needs_attention, goes_on
    ):
        followed.decide()
        with followed.connected.shop.scope():
            changed = {"status": status, "needs_attention": needs_attention, "next_attempt_at": None}
            SentDecision.objects.update(**changed)
        followed.connected.connect()
        assert (followed.decision.next_attempt_at is not None) is goes_on


def test_done_there_and_not_seen_yet_is_looked_for_again(followed, clock):
    followed.server.faults["decide"] = [{"outcome": "done"}]  # it will move a little later
    followed.decide()
    followed.turn()
    assert followed.decision.status == SendingStatus.SENT
    followed.server.put("R1", NOON, status="agreed")
    followed.turn(seconds=5)
    assert followed.decision.status == SendingStatus.CONFIRMED
    assert len(followed.server.calls("decide")) == 1


def test_what_a_refund_becomes_is_the_marketplaces_and_the_books_stay_right(connected, clock):
    followed = Followed(connected, amount="20.00")
    at = NOON
    for status in ("agreed", "refunded", "asked", "refused", "disputed", "refunded", "closed", "withdrawn", "asked"):
        at += timedelta(minutes=10)
        connected.server.put("R1", at, status=status)
        clock.move(minutes=10)
        connected.turn()
        assert connected.row("R1").problem == ""
        assert verify() == {}
    assert followed.refund.status == "awaiting_merchant"
