"""500 refunds that live through a random day, read by lists and by messages while they change: nothing is missed.

Rows move between pages while a window is read, answers are lost, refunds change twice in a second, messages come twice,
in any order, spoiled, or not at all. At the end what was kept equals the platform's truth.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from urllib.parse import parse_qsl

import pytest

from common import clock as wall
from connectors.fakes.base import Mischief
from connectors.fakes.exchanges import number_of
from connectors.port import BadPush, RefundCopy, Throttled, Unreachable
from tests.connectors.shops import DETAIL, LIST, MADE, Tried, tried
from tests.world import NOON

REFUNDS, ROUNDS = 500, 5
FAULTS = (Mischief.CLOSED, Mischief.HALF, Mischief.FAULT, Mischief.GARBAGE, Mischief.THROTTLED)


class Reader:
    """One who keeps the newest copies: of two of a version the one that was read later."""

    def __init__(self, at: Tried, dice: Random):
        self.at, self.dice = at, dice
        self.copies: dict[str, tuple[RefundCopy, datetime]] = {}
        self.complete_until = NOON

    def read(self, refund_id: str) -> None:
        """Read and keep; tried again while no answer comes."""
        copy = self._again(lambda: self.at.read(refund_id))
        kept = self.copies.get(copy.id)
        if kept is None or copy.version >= kept[0].version:
            self.copies[copy.id] = (copy, wall.now())

    def pull(self) -> None:
        """Every window up to the platform's lag, each from its beginning while it fails."""
        windows = self.at.platform.windows
        end = wall.now() - windows.lag
        while self.complete_until < end:
            since = self.complete_until - windows.overlap
            until = min(since + windows.span, end)
            for row in self._again(lambda since=since, until=until: self.at.list(since, until)):
                if self._may_differ(row):
                    self.read(row.id)
            self.complete_until = until

    def _may_differ(self, row) -> bool:
        copy, read_at = self.copies.get(row.id, (None, NOON))
        # What was read in a later second than the one it changed in is all that the second brought.
        return copy is None or not row.version or row.version != copy.version or read_at.timestamp() < row.version + 1

    def _again(self, ask):
        for _ in range(20):
            try:
                return ask()
            except (Unreachable, Throttled):
                continue
        raise AssertionError("It never answers.")

    def hear(self) -> None:
        """Messages of the last while: some lost, some twice, shuffled, some spoiled; each tells what to read."""
        fake = self.at.fake
        heard = [each for each in fake.messages[-120:] if self.dice.random() < 0.7]
        pushes = [fake.push(each, self.dice.choice(["", "", "", "signature"])) for each in heard * 2]
        self.dice.shuffle(pushes)
        hints = {}
        for push in pushes:
            try:
                told, answer = self.at.platform.read_push(
                    self.at.shop,
                    method="POST",
                    query=dict(parse_qsl(push.query)),
                    headers=dict(push.headers),
                    body=push.body,
                )
            except BadPush:
                continue
            assert answer.body
            hints |= {hint.key: hint for hint in told}
        assert len(hints) <= len(heard)
        for refund_id in sorted({hint.refund_id for hint in hints.values()})[:40]:
            self.read(refund_id)


def live(at: Tried, dice: Random, clock, number: int) -> None:
    """Something happens: refunds are asked for and move on, often in the same second."""
    ids = []
    for _ in range(number):
        if dice.random() < 0.3:
            clock.move(seconds=dice.randrange(4))
        ids.append(at.fake.add().id)
        for _ in range(dice.randrange(3)):
            refund_id = dice.choice(ids)
            if acts := at.fake.possible_acts(refund_id):
                at.fake.act(dice.choice(acts), refund_id)


def disturb(at: Tried, dice: Random) -> None:
    """The next lists and details fail, and refunds move while lists are paged through."""
    ids = list(at.fake.refunds)
    for _ in range(12):
        act, refund_id = dice.choice(sorted(at.fake.acts)), dice.choice(ids)
        at.fake.misbehave(
            Mischief.MOVES,
            LIST[at.platform.name],
            skip=dice.randrange(3),
            done=dice.random() < 0.5,
            act=act,
            refund=refund_id,
        )
    for call in (LIST, DETAIL):
        at.fake.misbehave(dice.choice(FAULTS), call[at.platform.name], skip=dice.randrange(8))


@pytest.mark.parametrize("name", MADE)
def test_everything_that_was_read_equals_the_truth(name, clock):
    dice, at = Random(name), tried(name)
    reader = Reader(at, dice)
    with at.fake:
        for _ in range(ROUNDS):
            live(at, dice, clock, REFUNDS // ROUNDS)
            clock.move(minutes=4)
            disturb(at, dice)
            reader.pull()
            if at.platform.takes_pushes:
                reader.hear()
        at.fake.misbehaviours.clear()
        clock.move(minutes=10)
        reader.pull()

        assert reader.copies.keys() == at.fake.refunds.keys()
        now_there = {refund_id: at.read(refund_id) for refund_id in dice.sample(sorted(at.fake.refunds), 100)}
    assert {refund_id: reader.copies[refund_id][0] for refund_id in now_there} == now_there
    assert {told_by(copy) for copy, _read_at in reader.copies.values()} == {
        truth(name, refund.fields) for refund in at.fake.refunds.values()
    }


def told_by(copy: RefundCopy) -> tuple:
    """What our copy says, in the platform's units."""
    return copy.id, copy.raw_status, int(copy.amount * 100), copy.version, copy.return_tracking_number


def truth(name: str, fields: dict) -> tuple:
    """What the platform holds, told apart from our code."""
    match name:
        case "taobao":
            status, amount = fields["status"], int(Decimal(fields["refund_fee"]) * 100)
            if fields["dispute_type"] == "TMALL_EXCHANGE":  # told in numbers, and without any money
                status, amount = number_of(status), 0
            return fields["refund_id"], status, amount, fields["refund_version"], fields.get("sid", "")
        case "kuaishou":
            return str(fields["refundId"]), str(fields["status"]), fields["refundFee"], fields["updateTime"], ""
        case "pinduoduo":
            status, amount, back = fields["after_sales_status"], fields["refund_amount"], fields["express_no"]
            return str(fields["id"]), str(status), amount, int(fields["updated_time"]), back or ""
        case "wechat_shop":
            back = fields["return_info"].get("waybill_id", "")
            amount = fields["refund_info"]["amount"]
            return fields["after_sale_order_id"], fields["status"], amount, fields["update_time"], back
    status = f"{fields['status']}/{fields['refund_status']}/{fields['arbitrate_status']}"
    return fields["id"], status, fields["refund_amount"], fields["update_time"], fields["tracking_no"]


@pytest.mark.parametrize("name", ["pinduoduo", "douyin"])
def test_a_row_that_leaves_while_pages_are_read_costs_no_other(name, clock):
    """Read from the first page on, the row after the hundredth would move onto a page that was read already."""
    at = tried(name)
    with at.fake:
        ids = [at.fake.add().id for _ in range(150)]
        clock.move(minutes=5)
        for skip in range(3):
            at.fake.misbehave(Mischief.MOVES, LIST[name], skip=1, act="withdraw", refund=ids[skip])
        found = {row.id for row in at.list(NOON, NOON + timedelta(minutes=2))}
    assert set(ids[3:]) <= found
