"""A carrier to try things with. It behaves like an outside party: its memory isn't part of our transactions.

It picks up at once, accepts every recall and brings the parcel back, and a parcel moves one step each time it is looked
at. The beginning of a tracking number forces another course:

- `UNPICKED…` isn't picked up until `pick_up` is called;
- `NORECALL…` can't be intercepted any more and is delivered;
- `LOST…` is lost on its way, and on its way back;
- `SILENT…` never gets an answer in time.
"""

from django.db.models import F

from common.sentences import sentence as _
from orders.carriers.base import Carrier, CarrierReport, CarrierStage, Consignment, register
from orders.models import SandboxParcel

UNPICKED, NORECALL, LOST, SILENT = "UNPICKED", "NORECALL", "LOST", "SILENT"

# One step further, for a parcel that isn't lost.
_NEXT = {
    CarrierStage.IN_TRANSIT: CarrierStage.DELIVERED,
    CarrierStage.RECALL_REFUSED: CarrierStage.DELIVERED,
    CarrierStage.COMING_BACK: CarrierStage.BACK,
}


@register
class SandboxCarrier(Carrier):
    """The carrier of demos and tests; a tracking number can force what becomes of its parcel."""

    name = "sandbox"

    def create_pickup(self, consignment: Consignment) -> CarrierReport:
        """Picked up at once, unless the number says otherwise."""
        return self._report(self._parcel(consignment)[0])

    def recall(self, consignment: Consignment) -> CarrierReport:
        """Cancelled before the pick-up, intercepted after it, or refused."""
        parcel, _ = self._parcel(consignment)
        match parcel.stage:
            case CarrierStage.AWAITING_PICKUP:
                self._move(parcel, CarrierStage.CANCELLED)
            case CarrierStage.IN_TRANSIT:
                refuses = parcel.tracking_number.startswith(NORECALL)
                self._move(parcel, CarrierStage.RECALL_REFUSED if refuses else CarrierStage.COMING_BACK)
        return self._report(parcel)

    def track(self, consignment: Consignment) -> CarrierReport:
        """Where it is; the next look finds it one step further."""
        parcel, is_new = self._parcel(consignment)
        if not is_new and parcel.stage in _NEXT:
            is_lost = parcel.tracking_number.startswith(LOST) and parcel.stage != CarrierStage.RECALL_REFUSED
            self._move(parcel, CarrierStage.LOST if is_lost else _NEXT[CarrierStage(parcel.stage)])
        return self._report(parcel)

    def _parcel(self, consignment: Consignment) -> tuple[SandboxParcel, bool]:
        number = consignment.tracking_number
        parcel, is_new = SandboxParcel.objects.get_or_create(
            key=consignment.key,
            defaults={
                "carrier": consignment.carrier,
                "tracking_number": number,
                "stage": CarrierStage.AWAITING_PICKUP if number.startswith(UNPICKED) else CarrierStage.IN_TRANSIT,
            },
        )
        if not is_new:
            SandboxParcel.objects.filter(pk=parcel.pk).update(calls=F("calls") + 1)
        return parcel, is_new

    def _move(self, parcel: SandboxParcel, stage: CarrierStage) -> None:
        """Move it, unless somebody else has moved it meanwhile: then take what they made of it."""
        moved = SandboxParcel.objects.filter(pk=parcel.pk, stage=parcel.stage).update(stage=stage)
        if moved:
            parcel.stage = stage
        else:
            parcel.refresh_from_db()

    def _report(self, parcel: SandboxParcel) -> CarrierReport:
        if parcel.tracking_number.startswith(SILENT):
            return CarrierReport(parcel.key, CarrierStage.UNKNOWN, error=_("The carrier did not answer in time."))
        return CarrierReport(parcel.key, CarrierStage(parcel.stage))


def pick_up(tracking_number: str) -> int:
    """The courier comes: parcels with this number that waited are on their way. Returns how many."""
    waiting = SandboxParcel.objects.filter(tracking_number=tracking_number, stage=CarrierStage.AWAITING_PICKUP)
    return waiting.update(stage=CarrierStage.IN_TRANSIT)


def move(tracking_number: str, stage: CarrierStage) -> int:
    """Whatever happens to parcels with this number happens now. Returns how many."""
    return SandboxParcel.objects.filter(tracking_number=tracking_number).update(stage=stage)
