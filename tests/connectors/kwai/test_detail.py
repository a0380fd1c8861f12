"""open.seller.order.refund.detail: a refund as it is told, and what is made of it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from common import clock
from connectors.fakes.kuaishou import in_milliseconds
from connectors.port import NotThere, RefundStage, UnreadableCopy
from tests.connectors.kwai.asking import KUAISHOU, read


def test_a_refund_as_it_is_told(fake, shop):
    at = datetime(2026, 11, 27, 2, 0, 0, 123_000, UTC)
    refund = fake.add(at=at)
    copy = read(shop, refund)
    assert (copy.id, copy.version, copy.amount) == ("2100000000001", in_milliseconds(at), Decimal("88.05"))
    assert copy.created_at == copy.updated_at == at
    assert copy.deadline == at + timedelta(days=2)
    assert (copy.stage, copy.raw_status, copy.kind, copy.raw_kind) == (RefundStage.ASKED, "10", "refund_only", "10")
    assert (copy.order.number, copy.raw_reason, copy.reason) == ("2000000000001", "多拍/错拍/不想要", "")
    assert [(line.item_id, line.sku) for line in copy.lines] == [("700001", "红;L")]
    assert "张三丰" not in str(copy.raw)
    assert "13911112222" not in str(copy.raw)


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({"status": 10}, RefundStage.ASKED),
        ({"status": 12}, RefundStage.REFUSED),
        ({"status": 20}, RefundStage.DISPUTED),
        ({"status": 22}, RefundStage.AWAITING_RETURN),
        ({"status": 30}, RefundStage.AWAITING_RETURN),
        ({"status": 40}, RefundStage.RETURNING),
        ({"status": 45}, RefundStage.RESHIPPED),
        ({"status": 50}, RefundStage.AGREED),
        ({"status": 60}, RefundStage.REFUNDED),
        ({"status": 60, "handlingWay": 3, "refundFee": 0}, RefundStage.EXCHANGED),
        ({"status": 60, "handlingWay": 3, "refundFee": 5}, RefundStage.REFUNDED),
        ({"status": 70}, RefundStage.CLOSED),
        ({"status": 88}, RefundStage.UNKNOWN),
        ({"status": "??"}, RefundStage.UNKNOWN),
    ],
)
def test_every_status_has_its_stage(fake, shop, fields, stage):
    copy = read(shop, fake.add(**fields))
    assert (copy.stage, copy.raw_status) == (stage, str(fields["status"]))
    assert (copy.deadline is None) == (fields["status"] in (60, 70, 50, 88, "??"))


@pytest.mark.parametrize(("way", "kind"), [(1, "return_and_refund"), (10, "refund_only"), (3, "exchange"), (4, "")])
def test_every_kind(fake, shop, way, kind):
    assert read(shop, fake.add(handlingWay=way)).kind == kind


@pytest.mark.parametrize("missing", ["refundId", "oid", "refundFee"])
def test_a_refund_that_lacks_what_we_need_is_left_to_a_person(fake, shop, missing):
    with pytest.raises(UnreadableCopy):
        read(shop, fake.add(**{missing: None}))


@pytest.mark.parametrize("fee", ["88.05", -1, True, "many"])
def test_an_amount_that_is_no_fen_is_never_guessed(fake, shop, fee):
    with pytest.raises(UnreadableCopy):
        read(shop, fake.add(refundFee=fee))


def test_details_in_a_wrapper_are_read_as_well(fake, shop, monkeypatch):
    refund = fake.add()
    wrapped = {"refundInfo": refund.fields, "sellerInfo": {"sellerId": 1}}
    monkeypatch.setattr(fake, "_open_seller_order_refund_detail", lambda param: wrapped)
    assert read(shop, refund).id == refund.id


def test_no_such_refund(shop):
    with pytest.raises(NotThere):
        KUAISHOU.read(shop, refund_id="1", order_number="", now=clock.now())
