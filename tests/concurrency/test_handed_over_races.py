"""A decision that was sent to the marketplace ends once: by the copy that shows another state, or by the no."""

import pytest

from refunds.handing_over import end_decision
from refunds.marketplace import follow
from tests.concurrency.harness import overtaken
from tests.marketplace import MARKETPLACE, connected, followed, report
from tests.rooms.test_following import names
from tests.world import NOON


@pytest.fixture
def sent(shop, clock):
    """A refund whose approval is on its way."""
    refund = followed(shop, "asked", kind="refund_only")
    with connected():
        assert shop.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200
        yield refund


def test_a_no_that_comes_while_the_copy_shows_the_money_calls_nobody(shop, sent):
    about = {"store_id": shop.store.pk, "refund_id": sent.pk, "actor": MARKETPLACE, "now": NOON}

    def refused():
        with shop.scope():
            return end_decision(**about, is_refused=True, code="isv.X", text="退款状态已变更")

    race = overtaken(
        lambda: follow(**about, report=report("refunded", kind="refund_only")), refused, scope=shop.scope()
    )
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    refund = shop.reload(sent)
    assert (refund.status, refund.decision_sent, refund.needs_attention) == ("refunded", "", False)
    assert "refund.decision_refused" not in names(refund)
