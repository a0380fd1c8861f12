"""Every decision about a refund, in the order in which its page shows them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Shipment
from orders.shipments import resume_shipment
from orders.why_not import why_not_ask_carrier
from refunds.parcels import Parcels, parcels_of
from stores.permissions import SHIP
from workbench.kit.decisions import Decision
from workbench.refunds.decisions import (
    Approve,
    CorrectReturn,
    FailInspection,
    NameAddress,
    NegotiateFirst,
    PassInspection,
    Reject,
)
from workbench.refunds.declined import GiveUpPaying, PayAgain
from workbench.refunds.more_time import MoreTime
from workbench.refunds.platform import AppealAgainst, AskPlatform
from workbench.refunds.proposing import ProposeRequest

DECISIONS = (
    Approve(),
    NegotiateFirst(),
    Reject(),
    ProposeRequest(),
    NameAddress(),
    CorrectReturn(),
    PassInspection(),
    FailInspection(),
    MoreTime(),
    PayAgain(),
    GiveUpPaying(),
    AskPlatform(),
    AppealAgainst(),
)


class AskCarrier(Decision):
    """Ask the carriers again that have fallen silent about this refund's parcels."""

    code, label, icon = "ask-carrier", gettext_lazy("Ask the carrier again"), "replay"
    done = gettext_lazy("The carrier is asked again.")
    capability, anchor = SHIP, "#parcels"
    is_inline, is_read_here, heeds_news = True, False, False

    def __init__(self, parcels: Parcels | None = None):
        self.parcels = parcels

    def silent(self, refund) -> list[Shipment]:
        """The parcels that wait for a person."""
        parcels = self.parcels or parcels_of(refund)
        both = (parcels.outbound, parcels.returning)
        return [parcel for parcel in both if parcel and why_not_ask_carrier(parcel) is None]

    def concerns(self, refund):
        """Only where a parcel waits."""
        return bool(self.silent(refund))

    def refusal(self, refund, now):
        """Nothing speaks against it where it is shown; the action looks at each parcel again."""
        return None

    def consequence(self, refund):
        """Asking twice does no harm."""
        return _("It is the same request under the same key: nothing happens twice.")

    def run(self, refund, data, *, actor, now):
        """Every one of them."""
        for shipment in self.silent(refund):
            resume_shipment(store_id=refund.store_id, shipment_id=shipment.pk, actor=actor, now=now)
