"""A merchant's decision about a followed refund goes to the marketplace, and is true once a report says so."""

import pytest

from common.errors import Refused
from common.tenancy import system_scope
from orders.models import OwedParcel
from payments.models import Payment
from refunds.handing_over import end_decision
from tests.cases import for_each
from tests.marketplace import connected, followed, told
from tests.rooms.test_following import assert_sound, names
from tests.world import MERCHANT, NOON

pytestmark = pytest.mark.django_db

DECISIONS = [
    ("asked", "refund_only", "approve", {}, "agree_refund"),
    ("asked", "return_and_refund", "approve", {}, "agree_return"),
    ("asked", "exchange", "approve", {}, "agree_exchange"),
    ("asked", "refund_only", "reject", {"reason": "It was worn."}, "refuse"),
    ("awaiting_return", "return_and_refund", "return-address", {}, "agree_return"),
    ("returning", "return_and_refund", "inspect", {"result": "passed"}, "confirm_receipt"),
    ("returning", "return_and_refund", "inspect", {"result": "failed", "note": "torn"}, "refuse_receipt"),
]


@for_each(("stage", "kind", "call", "body", "verb"), DECISIONS)
def test_a_decision_is_sent_and_moves_nothing(taote, clock, stage, kind, call, body, verb):
    refund = followed(taote, stage, kind=kind)
    before = taote.reload(refund)
    with connected() as sent:
        assert taote.merchant.post(f"refunds/{refund.pk}/{call}/", body).status_code == 200
        again = taote.merchant.post(f"refunds/{refund.pk}/{call}/", body)
    after = taote.reload(refund)
    assert [each for each, _data in sent] == [verb]
    assert (after.status, after.decision_sent) == (before.status, verb)
    assert names(refund)[-1] == "refund.decision_sent"
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "decision_under_way")
    with system_scope():
        assert not Payment.objects.exists()
    assert_sound()


@for_each(("stage", "kind", "call", "body", "verb"), DECISIONS)
def test_a_shop_that_nobody_connects_decides_in_the_back_office(taote, clock, stage, kind, call, body, verb):
    refund = followed(taote, stage, kind=kind)
    answer = taote.merchant.post(f"refunds/{refund.pk}/{call}/", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_connected")
    with connected(refusal=Refused("decision_under_way", "Not so.")):
        answer = taote.merchant.post(f"refunds/{refund.pk}/{call}/", body)
    assert answer.json()["errors"][0]["code"] == "decision_under_way"
    assert taote.reload(refund).decision_sent == ""


def test_what_belongs_to_a_decision_goes_with_it(taote, clock):
    refund = followed(taote, "asked")
    with connected() as sent:
        taote.merchant.post(f"refunds/{refund.pk}/approve/", {"return_address": str(taote.address.pk)})
    assert sent == [("agree_return", {"amount": "59.00", "return_address": str(taote.address.pk)})]


def test_the_marketplaces_word_ends_what_was_under_way(taote, clock):
    refund = followed(taote, "asked", kind="refund_only")
    with connected():
        taote.merchant.post(f"refunds/{refund.pk}/approve/")
    told(taote, refund, "asked", kind="refund_only")
    assert taote.reload(refund).decision_sent == "agree_refund"
    told(taote, refund, "refunded", kind="refund_only")
    refund = taote.reload(refund)
    assert (refund.status, refund.decision_sent) == ("refunded", "")
    assert_sound()


def test_a_refused_decision_calls_somebody_until_the_next_one(taote, clock):
    refund = followed(taote, "asked", kind="refund_only")
    told_so = {"store_id": taote.store.pk, "refund_id": refund.pk, "code": "isv.X", "text": "退款状态已变更"}
    with connected():
        taote.merchant.post(f"refunds/{refund.pk}/approve/")
        with taote.scope():
            end_decision(**told_so, is_refused=True, actor=MERCHANT, now=NOON)
            end_decision(**told_so, is_refused=True, actor=MERCHANT, now=NOON)
        refund = taote.reload(refund)
        assert (refund.decision_sent, refund.needs_attention) == ("", True)
        assert names(refund).count("refund.decision_refused") == 1
        assert taote.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200
    assert taote.reload(refund).needs_attention is False


def test_goods_are_received_as_a_whole(taote, clock):
    refund = followed(taote, "returning")
    body = {"result": "passed", "received": [{"item_id": "8000", "quantity": 0}]}
    with connected() as sent:
        assert taote.merchant.post(f"refunds/{refund.pk}/inspect/", body).status_code == 409
    assert sent == []


def test_the_new_goods_of_an_exchange_are_told_of(taote, clock):
    refund = followed(taote, "to_reship", kind="exchange")
    with system_scope():
        parcel = OwedParcel.objects.get(topic_id=refund.pk)
    body = {"carrier": "SF", "tracking_number": "SF1234567890"}
    assert taote.merchant.post(f"parcels/{parcel.pk}/ship/", body).status_code == 409
    with connected() as sent:
        assert taote.merchant.post(f"parcels/{parcel.pk}/ship/", body).status_code == 200
    assert sent == [("reship", {"carrier": "SF", "tracking_number": "SF1234567890"})]
    told(taote, refund, "reshipped", kind="exchange")
    assert taote.reload(parcel).tracking_number == "SF1234567890"
    assert_sound()
