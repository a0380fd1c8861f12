"""What a buyer who said yes waits for: money and parcels, as they stand now, in the buyer's words (Q10, Q16)."""

from django.utils.translation import gettext as _

from common.calendar import clock_face, end_face
from common.money import yuan
from offers.models import Offer
from orders.models import OwedParcel
from orders.states import ParcelStatus
from orders.waybills import carrier_label
from payments.models import Payment
from payments.states import PaymentStatus


def money_words(offer: Offer, purpose: str) -> str:
    """What became of the money that the offer brought, as a payment for this purpose; it comes from the store."""
    payments = Payment.objects.for_store(offer.store_id).filter(topic_id=offer.refund_id, purpose=purpose)
    payment = payments.order_by("-id").first()
    store = offer.refund.store
    if payment is None or payment.status in (PaymentStatus.PENDING, PaymentStatus.PROCESSING):
        coming = _("%(amount)s is on its way from %(store)s to the account that you paid with.")
        return coming % {"amount": yuan(payment.amount if payment else offer.amount), "store": store.name}
    if payment.status == PaymentStatus.SUCCEEDED:
        return _("%(amount)s was paid by %(store)s on %(at)s, to the account that you paid with.") % {
            "amount": yuan(payment.amount),
            "store": store.name,
            "at": clock_face(payment.settled_at, store.time_zone),
        }
    return _("%(amount)s could not be paid yet; %(store)s sees to it.") % {
        "amount": yuan(payment.amount),
        "store": store.name,
    }


def promised_parcels(offer: Offer) -> list[OwedParcel]:
    """What was promised with the offer, oldest first."""
    return list(OwedParcel.objects.for_store(offer.store_id).filter(topic_id=offer.refund_id).order_by("id"))


def parcel_words(offer: Offer, parcel: OwedParcel) -> str:
    """What is sent, from where to where, and until when; or how it was sent."""
    store = offer.refund.store
    facts = {"goods": f"{parcel.label} × {parcel.quantity}", "store": store.name}
    if parcel.status == ParcelStatus.SHIPPED:
        sent = {"carrier": carrier_label(parcel.carrier), "number": parcel.tracking_number}
        return _("%(store)s has sent %(goods)s: %(carrier)s, tracking number %(number)s.") % {**facts, **sent}
    facts["address"] = parcel.address
    if parcel.status == ParcelStatus.AWAITING_RETURN:
        return _("Once your parcel is on its way, %(store)s sends %(goods)s to %(address)s.") % facts
    facts["due"] = end_face(parcel.late_at or parcel.due_at, store.time_zone)
    if parcel.late_at is not None:
        return _("%(goods)s should have been sent to %(address)s by %(due)s; %(store)s has been reminded.") % facts
    return _("%(store)s sends %(goods)s to %(address)s by %(due)s.") % facts
