"""open.seller.order.refund.pcursor.list: what has changed."""

from datetime import timedelta

import pytest

from common import clock
from connectors.platforms.kuaishou import windows_of
from connectors.port import WindowTooFull
from tests.connectors.kwai.asking import KUAISHOU, LIST, listed, said
from tests.connectors.mirrors import START, Clock


def unordered(fake):
    original = fake._open_seller_order_refund_pcursor_list
    return lambda param: original({**param, "sort": 1})


@pytest.mark.parametrize(("minutes", "span"), [(1440, 1440), (30, 30), (9999, 1440), (0, 15), (-1, 15)])
def test_a_setting_may_shrink_the_window(minutes, span):
    assert windows_of(minutes).span == timedelta(minutes=span)


def test_by_the_time_of_the_change(fake, shop):
    old = fake.add(at=clock.now() - timedelta(days=80))
    assert listed(shop) == []
    fake.act("withdraw", old.id)
    assert [(row.id, row.order_number, row.version) for row in listed(shop)] == [(old.id, "2000000000001", old.version)]
    assert said(fake, LIST) | {"beginTime": 0, "endTime": 0} == {
        "beginTime": 0,
        "endTime": 0,
        "type": 9,
        "queryType": 2,
        "sort": 2,
        "pageSize": 100,
        "currentPage": 1,
        "pcursor": "",
        "option": {"needExchange": True},
    }


def test_refunds_that_change_while_they_are_listed_lose_none(fake, shop):
    clock_ = Clock()
    fake._now = clock_
    refunds = [fake.add(at=clock_.forward(timedelta(seconds=1))) for _ in range(250)]
    until = clock_.forward(timedelta(minutes=5))
    told, moved = [], []
    for page in KUAISHOU.list_changed(shop, since=START, until=until, now=until):
        told += [row.id for row in page]
        for refund in [refund for refund in refunds if refund.id in told and refund not in moved][:7]:
            moved.append(refund)
            fake.act("withdraw", refund.id, at=clock_.forward(timedelta(seconds=1)))
    assert set(told) == {refund.id for refund in refunds}
    assert len(told) == 250, "and none twice"


@pytest.mark.parametrize("in_order", [True, False])
def test_the_platforms_cursor_where_times_do_not_tell(fake, shop, monkeypatch, in_order):
    """A whole page of one millisecond, or one that isn't in order."""
    at = clock.now()
    refunds = [fake.add(at=at) for _ in range(250)]
    if not in_order:
        monkeypatch.setattr(fake, "_open_seller_order_refund_pcursor_list", unordered(fake))
    rows = listed(shop)
    assert sorted(row.id for row in rows) == sorted(refund.id for refund in refunds)
    assert said(fake, LIST)["pcursor"] == "200"


def test_a_shrunken_window_is_halved_by_the_caller(fake, shop):
    fake.span_minutes = 30
    with pytest.raises(WindowTooFull):
        listed(shop)


def test_a_row_that_cannot_be_read_is_told_as_such(fake, shop):
    good, bad = fake.add(), fake.add()
    bad.fields["refundId"] = None
    assert {row.id for row in listed(shop)} == {good.id, ""}
