"""taobao.refund.get: a refund as it is told, and what is made of it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from common import clock
from connectors.port import NotThere, RefundStage, UnreadableCopy
from connectors.top.copies import top_copy
from tests.connectors.taobao.asking import TAOBAO, read


def test_a_refund_as_it_is_told(fake, shop):
    refund = fake.add(refund_fee="88.05", at=datetime(2026, 11, 27, 2, 0, 0, 900_000, UTC))
    copy = read(shop, refund)
    assert (copy.id, copy.version, copy.amount) == (refund.id, refund.version, Decimal("88.05"))
    assert copy.created_at == copy.updated_at == datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
    assert copy.deadline == datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
    assert (copy.stage, copy.raw_status) == (RefundStage.ASKED, "WAIT_SELLER_AGREE")
    assert (copy.kind, copy.raw_kind, copy.reason, copy.raw_reason) == ("refund_only", "REFUND", "", "不想要了")
    assert (copy.order.number, copy.order.buyer_id, copy.order.buyer_name) == ("80000000001", "AAH00001", "t**1")
    assert (copy.order.paid_amount, copy.order.is_shipped) == (Decimal("188.50"), True)
    assert [(line.item_id, line.quantity, line.unit_price) for line in copy.lines] == [("600001", 1, Decimal("188.50"))]
    assert copy.refunded_amount is None
    assert "张三丰" not in str(copy.raw)
    assert "13911112222" not in str(copy.raw)


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({"status": "WAIT_SELLER_AGREE"}, RefundStage.ASKED),
        ({"status": "WAIT_SELLER_CONFIRM_RETURN_ADDRESS"}, RefundStage.ASKED),
        ({"status": "WAIT_BUYER_RETURN_GOODS"}, RefundStage.AWAITING_RETURN),
        ({"status": "WAIT_SELLER_CONFIRM_GOODS"}, RefundStage.RETURNING),
        ({"status": "SELLER_REFUSE_BUYER"}, RefundStage.REFUSED),
        ({"status": "CLOSED"}, RefundStage.CLOSED),
        ({"status": "SUCCESS"}, RefundStage.REFUNDED),
        ({"status": "SUCCESS", "dispute_type": "TAOBAO_EXCHANGE"}, RefundStage.EXCHANGED),
        ({"status": "WAIT_SELLER_CONSIGN_GOODS"}, RefundStage.TO_RESHIP),
        ({"status": "WAIT_SELLER_CONSIGN_GOOGDS"}, RefundStage.TO_RESHIP),
        ({"status": "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS"}, RefundStage.RESHIPPED),
        ({"status": "WAIT_SELLER_AGREE", "cs_status": 3}, RefundStage.DISPUTED),
        ({"status": "WAIT_SELLER_AGREE", "cs_status": 6}, RefundStage.ASKED),
        ({"status": "SUCCESS", "cs_status": 3}, RefundStage.REFUNDED),
        ({"status": "EXCHANGE_TRANSFORM_TO_REFUND"}, RefundStage.UNKNOWN),
        ({"status": "POST_FEE_DISPUTE_WAIT_ACTIVATE"}, RefundStage.UNKNOWN),
        ({"status": "NEVER_HEARD_OF"}, RefundStage.UNKNOWN),
        ({"status": None}, RefundStage.UNKNOWN),
    ],
)
def test_every_status_has_its_stage(fake, shop, fields, stage):
    copy = read(shop, fake.add(**fields))
    assert (copy.stage, copy.raw_status) == (stage, fields["status"] or "")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"dispute_type": "REFUND_AND_RETURN"}, "return_and_refund"),
        ({"dispute_type": "TAOBAO_EXCHANGE"}, "exchange"),
        ({"dispute_type": "REPAIR"}, ""),
        ({"dispute_type": "", "has_good_return": True}, "return_and_refund"),
        ({"dispute_type": "", "has_good_return": "false"}, "refund_only"),
    ],
)
def test_every_kind(fake, shop, fields, kind):
    assert read(shop, fake.add(**fields)).kind == kind


@pytest.mark.parametrize("missing", ["refund_id", "tid", "refund_fee"])
def test_a_refund_that_lacks_what_we_need_is_left_to_a_person(fake, shop, missing):
    with pytest.raises(UnreadableCopy):
        read(shop, fake.add(**{missing: ""}))


@pytest.mark.parametrize("fee", ["12.345", "1e3", "-1", True, "９.00", "1_0", "NaN", "99999999999.00", "100000000.00"])
def test_an_amount_that_is_none_is_never_guessed(fake, shop, fee):
    with pytest.raises(UnreadableCopy):
        read(shop, fake.add(refund_fee=fee))


def test_without_a_version_the_time_of_the_change_orders_copies():
    row = {"refund_id": "1", "tid": "2", "refund_fee": "1.00", "status": "CLOSED", "modified": "2026-11-27 10:00:01"}
    assert top_copy(row).version == int(datetime(2026, 11, 27, 2, 0, 1, tzinfo=UTC).timestamp() * 1000)


def test_no_such_refund(fake, shop, monkeypatch):
    monkeypatch.setattr(fake, "_taobao_refund_get", lambda fields, files: {})
    with pytest.raises(NotThere):
        TAOBAO.read(shop, refund_id="1", order_number="", now=clock.now())
