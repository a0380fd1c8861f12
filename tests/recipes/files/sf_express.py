"""A carrier that picks up at once and accepts every recall; `stages` is what it knows of its parcels."""

from typing import ClassVar

from orders.carriers.base import Carrier, CarrierReport, CarrierStage, Consignment, register
from orders.waybills import KnownCarrier


@register
class SFExpress(Carrier):
    """A second carrier, made for the recipe: one of its names is in the list, the other it brings."""

    name = "sf_express"
    needs = {"TOKEN": None}
    called = frozenset({"SF", "SF Express", "顺丰速运"})
    known = KnownCarrier("SFKY", "SF Freight", ("SF Freight", "顺丰快运"))
    stages: ClassVar[dict] = {}

    def __init__(self, token: str):
        self.token = token

    def create_pickup(self, consignment: Consignment) -> CarrierReport:
        """Picked up at once."""
        return self._report(consignment, CarrierStage.IN_TRANSIT)

    def recall(self, consignment):
        """Turned round."""
        self.stages[consignment.tracking_number] = CarrierStage.COMING_BACK
        return self._report(consignment)

    def track(self, consignment):
        """Where it is."""
        return self._report(consignment)

    def _report(self, consignment: Consignment, first: CarrierStage = CarrierStage.IN_TRANSIT) -> CarrierReport:
        return CarrierReport(consignment.key, self.stages.setdefault(consignment.tracking_number, first))
