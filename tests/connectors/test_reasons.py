"""The marketplace's own reasons to refuse: read ahead, kept with the time, picked by a person, sent as picked."""

import pytest

from connectors.models import SentDecision
from connectors.reasons import _keep_reasons
from connectors.taking import take_copy
from refunds.deciding import decide_waiting_rows
from refunds.models import DecisionRow
from tests.connectors.conftest import ago
from tests.connectors.toy import copy_of
from tests.tenancy.things import make_evidence
from tests.workbench.conftest import Desk
from tests.world import NOON, Shop, make_user, wait


@pytest.fixture
def shop(connected) -> Shop:
    connected.server.put("R1", ago(hours=1))
    connected.turn()
    return connected.shop


@pytest.fixture
def refund(connected, shop):
    return shop.reload(connected.row("R1").refund)


def change(connected, refund_id: str, **what) -> None:
    """Something happens there, and a message tells of it."""
    connected.server.put(refund_id, ago(minutes=30), **what)
    connected.server.messages.append({"id": f"m{len(connected.server.asked)}", "refund": refund_id})
    connected.turn(minutes=20)


def sent(shop) -> SentDecision:
    with shop.scope():
        return SentDecision.objects.for_store(shop.store.pk).get()


def test_they_are_there_before_anybody_asks_and_read_once_for_a_state(connected, shop, refund):
    told = shop.merchant.get(f"refunds/{refund.pk}/refusal-reasons/").json()
    assert [(each["code"], each["text"]) for each in told["reasons"]] == [("1", "not as said"), ("2", "other")]
    assert told["read_at"]
    change(connected, "R1", amount="19.00")
    assert len(connected.server.calls("reasons")) == 1
    change(connected, "R1", status="refused")
    assert shop.merchant.get(f"refunds/{refund.pk}/refusal-reasons/").json() == {"read_at": None, "reasons": []}


def test_the_one_that_was_picked_is_sent(connected, shop, refund):
    answer = shop.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no", "reason_code": "1"})
    assert answer.status_code == 200, answer.content
    connected.turn(minutes=1)
    assert connected.server.decided[0]["reason"] == "1"
    assert len(connected.server.calls("reasons")) == 1, "those that were read are good enough to send by"


def test_one_that_the_marketplace_has_not_is_named_and_nothing_is_sent(shop, refund):
    ours = shop.refund()
    for refund_id in (refund.pk, ours.pk):
        answer = shop.merchant.post(f"refunds/{refund_id}/reject/", {"reason": "no", "reason_code": "99"})
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "reason_code")
    with shop.scope():
        assert not SentDecision.objects.for_store(shop.store.pk).exists()


def test_a_picture_is_asked_for_where_the_reason_wants_one(connected, shop, refund):
    with shop.scope():
        row = connected.row("R1")
        row.reasons = [{"code": "1", "text": "used", "needs_text": True, "needs_evidence": True}]
        row.save()
    answer = shop.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no", "reason_code": "1"})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "reason_code")
    assert "picture" in answer.json()["errors"][0]["detail"]


def test_a_list_that_cannot_be_read_stops_nothing(connected):
    server = connected.server
    server.put("R1", ago(hours=1))
    server.faults["reasons"] = [{"error": "address"}]
    connected.turn()
    assert connected.connection.status == "connected"
    assert not connected.row("R1").reasons_due
    server.faults["reasons"] = [{"hang_up": True}]
    change(connected, "R2")
    assert connected.row("R2").reasons_due, "it is asked again at the next turn"
    connected.turn(minutes=20)
    assert [each["code"] for each in connected.row("R2").reasons] == ["1", "2"]


def test_those_of_a_state_that_is_over_meanwhile_are_not_kept(connected, shop):
    asked = connected.row("R1")
    gone = copy_of(connected.server.put("R1", ago(minutes=30), status="disputed"))
    assert take_copy(connected.connection, gone, read_at=NOON, now=NOON)
    with shop.scope():
        _keep_reasons(asked, [{"code": "1", "text": "not as said"}], NOON)
    row = connected.row("R1")
    assert (row.stage, row.reasons, row.reasons_read_at) == ("disputed", None, None)


def test_the_desk_lists_them_and_takes_their_words(client, shop, refund):
    client.force_login(make_user("anna", shop=shop))
    page = f"/admin/refunds/refund/{refund.pk}/decide/reject/"
    text = client.get(page).content.decode()
    assert "not as said" in text
    assert "As its list was on" in text
    assert client.post(page, {"reason": "because"}).status_code == 200, "one has to be picked"
    assert client.post(page, {"reason_code": "2"}).status_code == 302
    assert sent(shop).data == {"reason_code": "2", "text": "other", "evidence": []}


@pytest.mark.rule("T8")
def test_many_are_refused_for_a_reason_of_each_list_and_what_lacks_its_picture_is_left_out(connected, shop):
    """Two lists; of two refunds with the one whose reason wants a picture one has it. Both are sent."""
    for number in ("R2", "R3"):
        change(connected, number)
    refunds = {number: shop.reload(connected.row(number).refund) for number in ("R1", "R2", "R3")}
    with shop.scope():
        for number in ("R1", "R2"):
            row = connected.row(number)
            row.reasons = [{"code": "8", "text": "used", "needs_text": True, "needs_evidence": True}]
            row.save()
    make_evidence(shop, refunds["R1"].pk, side="merchant")
    desk = Desk(make_user("anna", shop=shop, role="agent"))
    address = "refunds/decisionjob/reject/"
    asked = desk.post(address, refund=[each.pk for each in refunds.values()])
    fields = {name: ("8" if "8" in dict(field.choices) else "2") for name, field in asked.context["form"].fields.items()
              if name.startswith("code_")}  # fmt: skip
    assert sorted(fields.values()) == ["2", "8"]
    look = desk.post(address, refund=",".join(str(each.pk) for each in refunds.values()), step="look", **fields)
    weighing = look.context["weighing"]
    assert [each.refund.pk for each in weighing.left_out] == [refunds["R2"].pk]
    assert "wants a picture" in str(weighing.left_out[0].refused)
    assert "not as said" not in look.content.decode()
    desk.post(address, refund=weighing.named, known=weighing.known, step="send", **fields)
    wait(seconds=10)
    decide_waiting_rows()
    with shop.scope():
        rows = dict(DecisionRow.objects.values_list("refund", "status"))
        told = {each.refund_id: each.data for each in SentDecision.objects.for_store(shop.store.pk)}
    assert rows == {refunds["R1"].pk: "sent", refunds["R3"].pk: "sent"}
    assert (told[refunds["R1"].pk]["reason_code"], told[refunds["R1"].pk]["text"]) == ("8", "used")
    assert len(told[refunds["R1"].pk]["evidence"]) == 1
    assert (told[refunds["R3"].pk]["reason_code"], told[refunds["R3"].pk]["text"]) == ("2", "other")
    assert {shop.reload(each).status for each in refunds.values()} == {"awaiting_merchant"}
