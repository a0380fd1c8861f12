"""Steps of the demo about goods on their way: carriers are asked, parcels are counted, carrier claims are closed."""

from django.db.models import Q
from django.db.models.functions import Now

from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import system_scope, tenant_scope
from orders.models import Shipment
from orders.shipments import LOOK_AGAIN_AFTER
from orders.tracking import ask_carriers
from payments.models import Payment
from refunds import returns
from refunds.carrier_claims import close_carrier_claim
from refunds.models import CarrierClaim
from stores.models import Store

WAREHOUSE = Actor(ActorKind.MERCHANT, "demo", "仓库老周")


def let_time_pass() -> None:
    """Make every waiting attempt due at once: the demo plays weeks in a minute of the database's clock.

    A parcel that nobody waits for isn't looked at: each look moves it on, and which scene looks first is chance.
    """
    later, looked_at = Q(next_attempt_at__gt=Now()), Q(reported_at__lte=clock.now() - LOOK_AGAIN_AFTER)
    with system_scope():
        Payment.objects.filter(later).update(next_attempt_at=Now())
        Shipment.objects.filter(later, attempts__gt=0).update(next_attempt_at=Now())
        Shipment.objects.filter(later, looked_at).awaited().update(next_attempt_at=Now())


class ReturnSteps:
    """What `Play` can do with parcels."""

    store: Store
    refunds: dict

    def carriers(self, number: int) -> None:
        """Carriers are asked about whatever is due."""
        let_time_pass()
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
            carrier_claim = CarrierClaim.objects.for_store(self.store.pk).get(refund=self.refunds[number])
            close_carrier_claim(
                store_id=self.store.pk,
                claim_id=carrier_claim.pk,
                paid=paid,
                note=note,
                actor=WAREHOUSE,
                now=clock.now(),
            )
