"""A long history that is read while it happens."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from connectors.fakes.kuaishou import FakeKuaishou
from tests.connectors.kwai.asking import KUAISHOU, shop_at
from tests.connectors.mirrors import START, Clock, Mirror, happen, live


def test_whatever_happens_the_mirror_ends_with_the_truth():
    """500 refunds; windows are listed while rows change, copies come late, messages doubled and in any order."""
    random, now = Random(1), Clock()
    with FakeKuaishou(now=now) as fake:
        mirror = Mirror(KUAISHOU, shop_at(fake), now)
        live(fake, now, random, refunds=500, changes=150)
        late = [mirror.read(random.choice(sorted(fake.refunds))) for _ in range(40)]
        cursor = mirror.pull(
            START - timedelta(seconds=1), now.at, lambda: [happen(fake, now, random) for _ in range(25)]
        )
        for message in random.sample(fake.messages * 2, k=60):
            [hint], _answer = KUAISHOU.read_push(
                mirror.shop, method="POST", query={}, headers={}, body=fake.push(message).body
            )
            mirror.take(mirror.read(hint.refund_id))
        for copy in random.sample(late, k=len(late)):
            mirror.take(copy)
        mirror.pull(cursor, now.forward(timedelta(minutes=2)))
        truth = {
            refund.id: (refund.version, str(refund.fields["status"]), Decimal("88.05"))
            for refund in fake.refunds.values()
        }
        assert {copy.id: (copy.version, copy.raw_status, copy.amount) for copy in mirror.copies.values()} == truth
