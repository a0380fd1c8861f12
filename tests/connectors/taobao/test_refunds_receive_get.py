"""taobao.refunds.receive.get: what has changed."""

from datetime import timedelta

from common import clock
from tests.connectors.mirrors import START, Clock
from tests.connectors.taobao.asking import LIST, TAOBAO, listed


def test_one_page(fake, shop):
    refunds = [fake.add() for _ in range(3)]
    assert {(row.id, row.version) for row in listed(shop)} == {(each.id, each.version) for each in refunds}
    [call] = fake.calls(LIST)
    assert call.form["use_has_next"] == "true"
    assert "status" not in call.form


def test_nothing(shop):
    assert listed(shop) == []


def test_an_old_refund_that_changes_is_listed(fake, shop):
    old = fake.add(at=clock.now() - timedelta(days=80))
    assert listed(shop) == []
    fake.act("withdraw", old.id)
    assert [row.id for row in listed(shop)] == [old.id]


def test_refunds_that_change_while_they_are_listed_lose_none(fake, shop):
    """Each leaves the window, and so moves another over the edge of a page."""
    clock_ = Clock()
    fake._now = clock_
    refunds = [fake.add(at=clock_.forward(timedelta(seconds=1))) for _ in range(250)]
    until = clock_.forward(timedelta(minutes=5))
    pages = TAOBAO.list_changed(shop, since=START, until=until, now=until)
    told, moved = [], []
    for page in pages:
        told += [row.id for row in page]
        for refund in [refund for refund in refunds if refund.id in told and refund not in moved][:7]:
            moved.append(refund)
            fake.act("withdraw", refund.id, at=clock_.forward(timedelta(seconds=1)))
    assert set(told) == {refund.id for refund in refunds}
    assert len(told) == 250, "and none twice"
    assert [request.form["page_no"] for request in fake.calls(LIST)] == ["1", "2", "3", "2", "1"]


def test_a_row_that_cannot_be_read_is_told_as_such(fake, shop):
    good, bad = fake.add(), fake.add()
    bad.fields["refund_id"] = None
    assert {row.id for row in listed(shop)} == {good.id, ""}
