"""What to do where a list has never held anything: nobody who is new to the desk is left before an empty page."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class NextStep(NamedTuple):
    """In words; and the page that it is done on, where it is one that everybody may open who sees the list."""

    words: Promise
    label: Promise | str = ""
    view: str = ""
    query: str = ""


_OVERVIEW = (_("To the overview"), "admin:index")
_REFUNDS = (_("To the refunds"), "admin:refunds_refund_changelist")
_SALES = (_("To the orders"), "admin:orders_order_changelist")

# Model → what brings the first row of its list.
NEXT_STEPS = {
    "refunds.refund": NextStep(
        _("Refunds arrive from the marketplace when buyers ask. What a new store still needs stands there:"),
        *_OVERVIEW,
    ),
    "orders.order": NextStep(
        _("Orders come from the marketplace; if none comes, ask the platform about the connection."), *_OVERVIEW
    ),
    "payments.payment": NextStep(
        _("What approved refunds and small payments give to buyers is listed here by itself."), *_REFUNDS
    ),
    "offers.offer": NextStep(_("Open a refund that awaits you and send its buyer an offer."), *_REFUNDS),
    "offers.bulkjob": NextStep(_("Tick several refunds in their list and send all of them an offer."), *_REFUNDS),
    "refunds.decisionjob": NextStep(_("Tick several refunds in their list and approve or reject them."), *_REFUNDS),
    "refunds.dispute": NextStep(_("A buyer whose refund is rejected may ask the platform; the case is then here.")),
    "refunds.appeal": NextStep(_("Against an instant refund you may appeal from the refund's page."), *_REFUNDS),
    "refunds.unclaimedparcel": NextStep(
        _("Scan what comes back; the station puts aside here what belongs to no refund."),
        _("To the station"),
        "admin:station",
    ),
    "refunds.carrierclaim": NextStep(_("When a carrier loses a parcel, what is asked of it is here.")),
    "orders.delayreport": NextStep(_("Tick orders that can't be shipped in time and report their delay."), *_SALES),
    "orders.owedparcel": NextStep(_("Exchanges and gifts that offers have promised buyers are shipped from here.")),
    "orders.shipmentimport": NextStep(
        _("Upload a file with a tracking number for each order: they are shipped at once.")
    ),
    "webhooks.delivery": NextStep(
        _("An endpoint is told what happens in the store; each message to it is listed here."),
        _("To the endpoints"),
        "admin:webhooks_endpoint_changelist",
    ),
    "connectors.sentdecision": NextStep(
        _("Decisions about a connected shop are sent to its marketplace by themselves.")
    ),
    "connectors.mirroredrefund": NextStep(_("Refunds of a connected shop are read by themselves and listed here.")),
    "stores.returnaddress": NextStep(_("Without one no return can be approved.")),
    "stores.product": NextStep(_("Gifts and exchanges are chosen from them.")),
    "offers.coupon": NextStep(_("Offers can promise them to buyers who stay.")),
    "stores.apikey": NextStep(_("With it your own programs read refunds and ship.")),
}
