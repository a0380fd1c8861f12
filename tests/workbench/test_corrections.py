"""Correcting a number at the desk: who may, until when, and what stays on record."""

import pytest

from tests.parcels import UNPICKED, ask_everybody, shipped
from tests.tenancy.things import Names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

RIGHT = {"carrier": "圆通", "tracking_number": "yt 77", "reason": "typed wrong"}


def test_the_warehouse_corrects_an_order_and_both_numbers_stay_on_record(taote, sign_in):
    order = shipped(taote, UNPICKED)
    path = f"orders/order/{order.pk}"
    agent, desk = sign_in("agent", taote), sign_in("warehouse", taote)
    assert agent.post(f"{path}/correct/", **RIGHT).status_code == 403
    odd = desk.post(f"{path}/correct/", **{**RIGHT, "carrier": "顺风速运"}).content.decode()
    assert "is not a known carrier. Is it SF (SF Express)?" in odd
    assert desk.post(f"{path}/correct/", **RIGHT).status_code == 302
    page = desk.get(f"{path}/change/").content.decode()
    assert f"{order.tracking_number} → YT77" in page
    assert "SF Express → YTO Express" in page
    assert "typed wrong" in page
    ask_everybody()
    assert "its number can&#x27;t be corrected any more" in desk.get(f"{path}/change/").content.decode()


@pytest.mark.rule("P1")
def test_an_agent_corrects_a_return(taote, sign_in):
    refund = Names(taote).returning
    desk = sign_in("agent", taote)
    assert 'id="decide-correct-return"' in desk.get(f"refunds/refund/{refund}/change/").content.decode()
    assert desk.post(f"refunds/refund/{refund}/decide/correct-return/", **RIGHT).status_code == 302
    page = desk.get(f"refunds/refund/{refund}/change/").content.decode()
    assert "YTO Express YT77" in page
    assert "R1 → YT77" in page
