"""Steps of the demo about goods on their way: carriers are asked, parcels are counted, claims are closed."""

from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import tenant_scope
from orders.tracking import ask_carriers
from refunds import returns
from refunds.carrier_claims import close_carrier_claim
from refunds.models import CarrierClaim
from stores.models import Store

WAREHOUSE = Actor(ActorKind.MERCHANT, "demo", "仓库老周")


class ReturnSteps:
    """What `Play` can do with parcels."""

    store: Store
    refunds: dict

    def carriers(self, number: int) -> None:
        """Carriers are asked about whatever is due."""
        ask_carriers()

    def inspect_some(self, number: int, *, arrived: int, note: str) -> None:
        """The warehouse counts fewer pieces than announced."""
        refund = self.refunds[number]
        with tenant_scope(self.store.pk):
            [line] = refund.own_lines
            returns.inspect_return(
                store_id=self.store.pk,
                refund_id=refund.pk,
                passed=True,
                note=note,
                received=[{"item_id": line.line.item_id, "quantity": arrived}],
                actor=WAREHOUSE,
                now=clock.now(),
            )

    def close_claim(self, number: int, *, paid: bool, note: str) -> None:
        """The carrier has answered."""
        with tenant_scope(self.store.pk):
            claim = CarrierClaim.objects.for_store(self.store.pk).get(refund=self.refunds[number])
            close_carrier_claim(
                store_id=self.store.pk, claim_id=claim.pk, paid=paid, note=note, actor=WAREHOUSE, now=clock.now()
            )
