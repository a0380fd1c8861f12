"""What can't be done with an order or a parcel of it now, and why: one question for each thing that somebody may want.

The action asks under its lock; files, the API's answer and the desk's grey buttons ask the same before.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from common.errors import Refused
from orders.models import DelayReport, Order, OrderLine, OwedParcel, Shipment
from orders.models.shipment_import import ShipmentImport
from orders.states import ImportStatus, OrderStatus, ParcelStatus
from orders.waybills import carrier_label

# So many orders are named in one call or ticked on one page.
MOST_ORDERS = 1000


def why_not_ship(order: Order) -> Refused | None:
    """Why this order can't be handed to a carrier: nothing of it is left to send (P2), or a carrier has it."""
    if order.status == OrderStatus.CANCELLED:
        return Refused(
            "invalid_transition",
            _("Don't ship this order: a refund of everything was granted before it was picked up."),
        )
    if order.has_left:
        return Refused("order_already_shipped", _("This order has already been shipped."))
    return why_masked(order)


def why_not_send_pieces(line: OrderLine, quantity: int) -> Refused | None:
    """Why so many pieces of a line can't go into the next parcel: others have left, or were refunded before (P2)."""
    if quantity <= line.pieces_here:
        return None
    return Refused(
        "pieces_not_left",
        _("Of item %(item)s %(left)d are left to ship.") % {"item": line.goods, "left": line.pieces_here},
        "lines",
    )


def why_masked(order: Order) -> Refused | None:
    """Why nothing goes to the buyer of an order that is known only from a marketplace's copy of a refund."""
    if not order.is_masked:
        return None
    return Refused(
        "address_masked",
        _("The marketplace masks where order %(number)s goes: ship it there.") % {"number": order.number},
    )


def why_erased(order: Order) -> Refused | None:
    """Why nothing begins any more about an order whose buyer's data is erased: nobody knows whom it is about."""
    if order.erased_at is None:
        return None
    return Refused(
        "buyer_erased",
        _("The data of the buyer of order %(number)s is erased: nothing can be asked, written or paid about it.")
        % {"number": order.number},
    )


def why_not_send(order: Order) -> Refused | None:
    """Why an order doesn't belong among those that are still to be shipped: it has left, or its money is asked back.

    Files and delay reports leave such orders out; by hand one whose money is merely asked back may still be shipped.
    """
    name = {"number": order.number}
    if order.has_left:
        return Refused("order_already_shipped", _("Order %(number)s has already been shipped: leave it out.") % name)
    if (refused := why_masked(order)) is not None:
        return refused
    if not order.is_to_ship:
        return Refused("nothing_to_ship", _("Nothing of order %(number)s is sent: its money is asked back.") % name)
    return None


def why_not_choose(count: int) -> Refused | None:
    """Why so many orders can't be worked on at once."""
    if count <= MOST_ORDERS:
        return None
    return Refused("too_many", _("Choose at most %(most)d orders at once.") % {"most": MOST_ORDERS}, "orders")


def why_not_delay(order: Order, expected_at: datetime) -> Refused | None:
    """Why this order can't be in a new delay report that promises this date (K4)."""
    name = {"number": order.number}
    refused = why_not_send(order)
    if refused is not None:
        return refused
    if order.is_delayed:
        return Refused("delay_open", _("Order %(number)s is in an open report: lift that one first.") % name)
    if order.ship_by >= expected_at:
        return Refused("not_delayed", _("Order %(number)s need not ship before that date: leave it out.") % name)
    return None


def why_not_fill_line(row: OrderLine, line: OrderLine | None) -> Refused | None:
    """Why a line known from a copy can't be this one of the order itself: refunds hold more of it than there is."""
    if line is None:
        return lines_are_fixed()
    if row.claimed_quantity > line.quantity - row.cancelled_quantity or row.claimed_amount > line.paid_amount:
        return lines_are_fixed()
    return None


def why_not_lower(order: Order) -> Refused | None:
    """Why an order can't have cost what it is said to have cost: refunds and payments hold more of it."""
    return None if order.claimed_amount <= order.paid_amount else lines_are_fixed()


def why_not_change_lines(order: Order) -> Refused | None:
    """Why an order's lines can't change any more: a parcel is packed by them, or a refund holds some of them."""
    if order.status == OrderStatus.UNSHIPPED and not order.claimed_amount and not order.shipped_pieces:
        return None
    return lines_are_fixed()


def lines_are_fixed() -> Refused:
    """The refusal to change lines; the database gives it for a refund that has ended and still tells of them."""
    return Refused(
        "invalid_transition",
        _("The lines of this order can't change any more: it has shipped, or a refund was asked."),
        "lines",
    )


def why_not_confirm_import(job: ShipmentImport) -> Refused | None:
    """Why the ERP's file can't be shipped: it isn't read, was confirmed before, or rows of it are wrong (K2)."""
    if job.status == ImportStatus.READING:
        return Refused("invalid_transition", _("This file is still being read."))
    if job.status == ImportStatus.UNREADABLE:
        return Refused("invalid_transition", _("This file can't be read: upload it anew."))
    if job.status != ImportStatus.CHECKED:
        return Refused("invalid_transition", _("This file has been confirmed before."))
    if not job.is_clean:
        return Refused("import_has_errors", _("Correct the rows with errors in the file and upload it again."))
    return None


def why_not_lift(report: DelayReport) -> Refused | None:
    """A delay is lifted once (K4)."""
    if report.lifted_at is None:
        return None
    return Refused("invalid_transition", _("This report has been lifted before."))


def why_not_deliver(order: Order) -> Refused | None:
    """Only what is on its way arrives."""
    if order.status == OrderStatus.SHIPPED:
        return None
    if order.is_partly_shipped:
        return Refused(
            "invalid_transition",
            _("A part of this order is still to be shipped: name the parcel that has arrived."),
            "parcel",
        )
    return Refused("invalid_transition", _("Only an order that is in transit can be delivered."))


def why_not_readdress(order: Order) -> Refused | None:
    """Why the order can't be sent somewhere else: it is cancelled, or its parcel is on its way (K3)."""
    return _why_cancelled(order) or _why_left(
        order,
        _(
            "The parcel is on its way (%(carrier)s %(tracking)s): its address can't be changed any more."
            " Ask the carrier to redirect it, or return it after receipt."
        ),
    )


def why_not_urge(order: Order) -> Refused | None:
    """Why there is nothing to hurry: the order is cancelled, or its parcel is on its way (K5)."""
    return _why_cancelled(order) or _why_left(
        order, _("The order has been shipped (%(carrier)s %(tracking)s): follow the parcel instead.")
    )


def _why_cancelled(order: Order) -> Refused | None:
    if order.status != OrderStatus.CANCELLED:
        return None
    return Refused("invalid_transition", _("This order is cancelled: a refund of everything in it was granted."))


def _why_left(order: Order, text: str) -> Refused | None:
    if not order.has_left:
        return None
    parcel = {"carrier": carrier_label(order.carrier), "tracking": order.tracking_number}
    return Refused("order_already_shipped", text % parcel)


def why_not_ship_parcel(parcel: OwedParcel) -> Refused | None:
    """Why a promised parcel can't be sent: an exchange waits for the buyer's return, and each is sent once (Q16)."""
    if parcel.status == ParcelStatus.OWED:
        return None
    if parcel.status == ParcelStatus.AWAITING_RETURN:
        return Refused("invalid_transition", _("Wait for the buyer's return parcel: an exchange is sent after it."))
    if parcel.status == ParcelStatus.CANCELLED:
        return Refused("invalid_transition", _("This parcel isn't owed any more."))
    return Refused("invalid_transition", _("This parcel has already been sent."))


def why_not_ask_carrier(shipment: Shipment) -> Refused | None:
    """A carrier is asked again by hand only when asking by itself has ended without an answer."""
    if shipment.needs_attention:
        return None
    return Refused("invalid_transition", _("This parcel doesn't wait for you."))
