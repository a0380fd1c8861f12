"""A long history that is read while it happens."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from connectors.fakes.taobao import FakeTaobao, china_time
from tests.connectors.mirrors import START, Clock, Mirror, happen, live
from tests.connectors.taobao.asking import TAOBAO, shop_at


def test_whatever_happens_the_mirror_ends_with_the_truth():
    """500 refunds; windows are listed while rows change, copies come late, messages doubled and in any order."""
    random, now = Random(1), Clock()
    with FakeTaobao(now=now) as fake:
        mirror = Mirror(TAOBAO, shop_at(fake), now)
        live(fake, now, random, refunds=500, changes=150)
        late = [mirror.read(random.choice(sorted(fake.refunds))) for _ in range(40)]
        cursor = mirror.pull(
            START - timedelta(seconds=1), now.at, lambda: [happen(fake, now, random) for _ in range(25)]
        )
        hints = TAOBAO.fetch_messages(mirror.shop, now=now()) * 2
        for hint in random.sample(hints, k=60):
            mirror.take(mirror.read(hint.refund_id))
        for copy in random.sample(late, k=len(late)):
            mirror.take(copy)
        mirror.pull(cursor, now.forward(timedelta(minutes=2)))
        truth = {
            refund.id: (refund.version, refund.fields["status"], Decimal(refund.fields["refund_fee"]))
            for refund in fake.refunds.values()
        }
        read = {copy.id: (copy.version, copy.raw_status, copy.amount) for copy in mirror.copies.values()}
        assert read == truth
        assert all(
            china_time(copy.updated_at) == fake.refunds[copy.id].fields["modified"] for copy in mirror.copies.values()
        )
