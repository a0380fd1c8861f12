"""A refund of a connected shop that decisions are made about, and what is off in the books then."""

from common.errors import Refused, refuse_if
from common.models import Event
from common.tenancy import system_scope
from common.writes import WriteSet
from connectors.models import SentDecision
from refunds.actions import lock_refund
from refunds.handing_over import hand_over, why_not_hand_over
from refunds.models import Refund
from tests.books import amiss
from tests.connectors.conftest import ago
from tests.world import MERCHANT, NOON


def verify() -> dict[str, list[str]]:
    """What is off in the books."""
    return amiss()


class Followed:
    """A refund of a connected shop that has been pulled."""

    def __init__(self, connected, **what):
        self.connected, self.server = connected, connected.server
        self.server.put("R1", ago(hours=1), **what)
        connected.turn()

    @property
    def refund(self) -> Refund:
        return self.connected.shop.reload(self.connected.row("R1").refund)

    @property
    def decision(self) -> SentDecision:
        with system_scope():
            return SentDecision.objects.latest("id")

    def why_not(self, verb: str) -> Refused | None:
        with self.connected.shop.scope():
            return why_not_hand_over(self.refund, verb)

    def decide(self, verb: str = "agree_refund", **data) -> SentDecision:
        """As an action of the room of refunds does it."""
        writes = WriteSet()
        with self.connected.shop.scope():
            refund = lock_refund(store_id=self.connected.shop.store.pk, refund_id=self.refund.pk)
            refuse_if(why_not_hand_over(refund, verb))
            hand_over(writes, refund, verb, data, actor=MERCHANT, now=NOON)
            writes.flush()
        return self.decision

    def events(self) -> list[str]:
        with self.connected.shop.scope():
            rows = Event.objects.for_store(self.refund.store_id).filter(topic_id=self.refund.pk)
            return list(rows.order_by("id").values_list("name", flat=True))

    def turn(self, *, most: int = 30, **later):
        return self.connected.turn(most=most, **(later or {"minutes": 1}))
