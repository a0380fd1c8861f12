"""What a decision brings along: addresses, reasons and codes of the marketplace's, or a person who does it by hand."""

import pytest

from common.errors import Refused
from common.models import Event
from connectors.answering import give_code
from connectors.by_hand import close_task
from connectors.models import PlatformTask
from connectors.states import SendingStatus
from tests.connectors.deciding import Followed
from tests.world import MERCHANT, NOON


@pytest.fixture
def followed(connected):
    return Followed(connected)


class TestWhatItTakes:
    """Addresses, reasons and evidence are the platform's own."""

    def test_the_return_address_is_the_one_that_reads_like_ours(self, connected):
        followed = Followed(connected, kind="return_and_refund")
        followed.decide("agree_return", return_address=str(connected.shop.address.pk))
        followed.turn()
        assert followed.server.decided[0]["address"] == "77"
        assert followed.refund.status == "awaiting_return"

    def test_where_no_addresses_and_no_reasons_are_told_the_platform_takes_its_own(self, connected):
        followed = Followed(connected, kind="return_and_refund")
        followed.server.faults["addresses"] = [{"error": "refused"}]
        followed.decide("agree_return")
        followed.turn()
        assert followed.server.decided[0]["address"] == ""

    def test_the_reason_is_the_one_that_reads_like_what_was_written(self, followed):
        followed.decide("refuse", text="It is not as said.")
        followed.turn()
        assert followed.server.decided[0]["reason"] == "1"

    def test_any_other_words_are_another_reason(self, followed):
        followed.decide("refuse", text="We see it differently.")
        followed.turn()
        assert followed.server.decided[0]["reason"] == "2"

    def test_without_a_reason_that_fits_nothing_is_sent_and_they_are_listed(self, connected, monkeypatch):
        monkeypatch.setattr(
            type(connected.server), "_reasons", lambda self, body: {"reasons": [["1", "worn"], ["2", "late"]]}
        )
        followed = Followed(connected)
        followed.decide("refuse", text="We see it differently.")
        followed.turn()
        assert followed.server.decided == []
        decision = followed.decision
        assert (decision.status, decision.told, "worn · late" in decision.last_error) == ("refused", "", True)
        with connected.shop.scope():
            data = Event.objects.get(name="refund.decision_refused").data
        assert (data["text"], data["why"]["data"]) == ("", {"reasons": "worn · late"})

    def test_the_code_from_the_phone(self, connected):
        followed = Followed(connected, code="4711")
        followed.decide()
        followed.turn()
        assert followed.decision.status == SendingStatus.CODE_WANTED
        assert followed.server.decided == []
        with connected.shop.scope():
            told = {"store_id": followed.refund.store_id, "decision_id": followed.decision.pk}
            give_code(**told, code="4711", actor=MERCHANT, now=NOON)
        followed.turn()
        assert followed.decision.status == SendingStatus.CONFIRMED
        assert "code" not in followed.decision.data
        with connected.shop.scope(), pytest.raises(Refused):
            give_code(**told, code="4711", actor=MERCHANT, now=NOON)


class TestByHand:
    """What there is no call for."""

    @pytest.fixture
    def task(self, connected):
        followed = Followed(connected, kind="return_and_refund", status="returning")
        followed.decide("refuse_receipt", text="Stones came back.")
        self.followed = followed
        with connected.shop.scope():
            return PlatformTask.objects.get()

    def test_it_is_a_task_that_closes_when_the_marketplace_says_so(self, task, connected, clock):
        assert (task.text, task.closed_at) == ("Stones came back.", None)
        connected.turn()
        assert connected.server.calls("decide") == []
        connected.server.put("R1", NOON, status="refused")
        clock.move(minutes=30)
        connected.turn()
        assert connected.shop.reload(task).closed_at is not None
        assert self.followed.decision.status == SendingStatus.CONFIRMED
        assert self.followed.refund.status == "rejected"

    def test_a_person_may_close_it(self, task, connected):
        with connected.shop.scope():
            for _ in range(2):
                close_task(store_id=task.store_id, task_id=task.pk, actor=MERCHANT, now=NOON)
        assert self.followed.refund.decision_sent == ""
        assert self.followed.decision.status == SendingStatus.CONFIRMED

    def test_the_platform_itself_may_want_it_by_hand(self, followed):
        followed.server.faults["decide"] = [{"outcome": "by_hand", "text": "do it there"}]
        followed.decide()
        followed.turn()
        with followed.connected.shop.scope():
            assert PlatformTask.objects.get().text == "do it there"
        assert followed.why_not("refuse").code == "decision_under_way"
