"""Events in the words of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.actors import ActorKind
from common.calendar import shown
from common.models import Event
from offers.registry import method_label
from orders.states import ParcelKind
from payments.states import AccountKind, PaymentPurpose
from refunds.states import AppealGround, CaseOutcome, RefundKind, RefundProgramme, RefundReason
from workbench.kit.words import yuan

MOST_EVENTS = 200
MOST_NAMED = 5

TITLES = {
    "refund.requested": gettext_lazy("Refund requested"),
    "refund.changed": gettext_lazy("Request changed as agreed"),
    "refund.approved": gettext_lazy("Request approved"),
    "refund.rejected": gettext_lazy("Request rejected"),
    "refund.counted": gettext_lazy("Counted as a quality refund"),
    "refund.withdrawn": gettext_lazy("Request withdrawn by the buyer"),
    "refund.resubmitted": gettext_lazy("Request corrected by the buyer"),
    "refund.return_shipped": gettext_lazy("Goods sent back"),
    "refund.inspection_passed": gettext_lazy("Inspection passed"),
    "refund.inspection_failed": gettext_lazy("Inspection failed"),
    "refund.inspection_overdue": gettext_lazy("Not inspected in time: refunded automatically"),
    "refund.closed": gettext_lazy("Closed: the buyer let the deadline pass"),
    "refund.refunded": gettext_lazy("Refunded"),
    "refund.direct": gettext_lazy("Refunded at once: the carrier didn't have the goods yet"),
    "refund.recalled": gettext_lazy("The recalled parcel is back: refunded"),
    "refund.recall_lost": gettext_lazy("The recalled parcel is lost: refunded"),
    "refund.recall_failed": gettext_lazy("The recall failed: the buyer sends the goods back"),
    "refund.recall_overdue": gettext_lazy("The recall took too long: refunded automatically"),
    "refund.return_lost": gettext_lazy("The return parcel is lost: the buyer doesn't wait"),
    "refund.split": gettext_lazy("Fewer pieces arrived than announced: the rest is a case of its own"),
    "refund.split_off": gettext_lazy("Split off: these pieces were announced and didn't arrive"),
    "carrier_claim.opened": gettext_lazy("Claim against the carrier opened"),
    "carrier_claim.paid": gettext_lazy("The carrier has paid the claim"),
    "carrier_claim.refused": gettext_lazy("The carrier has refused the claim"),
    "shipment.awaiting_pickup": gettext_lazy("The carrier has yet to pick the parcel up"),
    "shipment.in_transit": gettext_lazy("The parcel is on its way"),
    "shipment.cancelled": gettext_lazy("The pick-up is cancelled: the parcel stays here"),
    "shipment.recall_asked": gettext_lazy("Recall asked of the carrier"),
    "shipment.coming_back": gettext_lazy("The carrier brings the parcel back"),
    "shipment.back": gettext_lazy("The parcel is back at the store"),
    "shipment.recall_refused": gettext_lazy("The carrier can't recall the parcel any more"),
    "shipment.delivered": gettext_lazy("The parcel has arrived"),
    "shipment.lost": gettext_lazy("The carrier has lost the parcel"),
    "shipment.needs_attention": gettext_lazy("The carrier doesn't answer: needs attention"),
    "shipment.resumed": gettext_lazy("The carrier is asked again"),
    "refund.payment_failed": gettext_lazy("The payment failed: needs attention"),
    "refund.payment_reversed": gettext_lazy("The money came back: needs attention"),
    "refund.disputed": gettext_lazy("Handed over to the platform"),
    "refund.granted": gettext_lazy("The platform has the buyer paid"),
    "refund.denied": gettext_lazy("Closed: the platform sides with the merchant"),
    "refund.refunded_instantly": gettext_lazy("Refunded at once by the platform"),
    "evidence.added": gettext_lazy("Evidence added"),
    "appeal.opened": gettext_lazy("The merchant appeals"),
    "appeal.decided": gettext_lazy("The appeal is decided"),
    "dispute.answered": gettext_lazy("The other side answers"),
    "dispute.opened": gettext_lazy("The platform is asked to step in"),
    "dispute.decided": gettext_lazy("The platform has decided"),
    "dispute.withdrawn": gettext_lazy("Nothing left for the platform to decide"),
    "offer.sent": gettext_lazy("Offer sent"),
    "offer.accepted": gettext_lazy("Offer accepted by the buyer"),
    "offer.declined": gettext_lazy("Offer declined by the buyer"),
    "offer.expired": gettext_lazy("Offer expired without an answer"),
    "offer.withdrawn": gettext_lazy("Offer withdrawn"),
    "coupon.granted": gettext_lazy("Coupon granted"),
    "parcel.promised": gettext_lazy("Parcel promised to the buyer"),
    "parcel.due": gettext_lazy("The buyer's return is on its way: the promised parcel is due"),
    "parcel.late": gettext_lazy("The promised parcel is late"),
    "parcel.escalated": gettext_lazy("The late parcel is reported to the platform"),
    "parcel.shipped": gettext_lazy("Promised parcel sent"),
    "message.sent": gettext_lazy("Message"),
    "payment.reserved": gettext_lazy("Payment reserved"),
    "payment.succeeded": gettext_lazy("Payment paid out"),
    "payment.failed": gettext_lazy("Payment declined by the gateway"),
    "payment.needs_attention": gettext_lazy("Payment needs attention"),
    "payment.resumed": gettext_lazy("Payment resumed"),
    "quality.restricted": gettext_lazy("The store is restricted"),
    "quality.lifted": gettext_lazy("The restriction is lifted"),
    "refund.negotiating": gettext_lazy("The merchant talks first"),
    "budget.topped_up": gettext_lazy("Budget topped up"),
    "budget.lowered": gettext_lazy("Budget lowered"),
    "budget.exceeded": gettext_lazy("The budget was spent: paid from the merchant's funds"),
    "returnless.agreement_accepted": gettext_lazy("Agreement accepted"),
    "returnless.auto_top_up_set": gettext_lazy("Automatic top-up set"),
    "returnless.products_chosen": gettext_lazy("Products chosen"),
    "returnless.confirmed": gettext_lazy("Joined: in force from the next live session"),
    "returnless.came_into_force": gettext_lazy("In force since a live session started"),
    "returnless.session_started": gettext_lazy("Live session started"),
    "returnless.upgraded": gettext_lazy("Switched to the new version"),
    "returnless.registered": gettext_lazy("Brought in on an earlier version"),
    "returnless.left": gettext_lazy("Left the programme"),
    "payment.reversed": gettext_lazy("The payment came back"),
    "order.placed": gettext_lazy("Order placed"),
    "order.updated": gettext_lazy("Order updated by the marketplace"),
    "order.shipped": gettext_lazy("Order shipped"),
    "order.delivered": gettext_lazy("Order delivered"),
    "order.late": gettext_lazy("Not shipped in time"),
    "order.delayed": gettext_lazy("Delay reported: the order ships later"),
    "order.resumed": gettext_lazy("Delay lifted: the deadline is the rule's again"),
    "buyer.notified": gettext_lazy("The buyer was told"),
    "delay.reported": gettext_lazy("Delay reported"),
    "delay.overdue": gettext_lazy("The reported date has passed with orders left to ship"),
    "delay.lifted": gettext_lazy("Delay lifted"),
    "order.cancelled": gettext_lazy("Order cancelled: everything was refunded before it reached the buyer"),
    "order.unshipped": gettext_lazy("Pick-up cancelled: what is left is packed again"),
    "order.pieces_stopped": gettext_lazy("Refunded pieces are not packed any more"),
    "order.address_changed": gettext_lazy("Delivery address changed"),
    "order.urged": gettext_lazy("The buyer urges shipping"),
    "order.prioritised": gettext_lazy("Tagged for priority shipping"),
}

TONES = {
    "refund.rejected": "red",
    "refund.inspection_failed": "red",
    "refund.payment_failed": "red",
    "payment.failed": "red",
    "payment.reversed": "red",
    "refund.payment_reversed": "red",
    "payment.needs_attention": "red",
    "refund.disputed": "amber",
    "refund.granted": "green",
    "refund.denied": "red",
    "dispute.decided": "blue",
    "refund.refunded_instantly": "green",
    "appeal.opened": "amber",
    "appeal.decided": "blue",
    "offer.declined": "red",
    "parcel.late": "red",
    "order.late": "red",
    "delay.overdue": "red",
    "order.delayed": "amber",
    "order.resumed": "blue",
    "delay.lifted": "green",
    "refund.recall_lost": "red",
    "refund.recall_failed": "red",
    "refund.return_lost": "red",
    "refund.split": "red",
    "carrier_claim.opened": "red",
    "carrier_claim.refused": "red",
    "carrier_claim.paid": "green",
    "shipment.recall_refused": "red",
    "shipment.lost": "red",
    "shipment.needs_attention": "red",
    "shipment.back": "green",
    "shipment.recall_asked": "blue",
    "shipment.coming_back": "blue",
    "parcel.escalated": "red",
    "parcel.shipped": "green",
    "coupon.granted": "green",
    "refund.refunded": "green",
    "refund.approved": "green",
    "refund.inspection_passed": "green",
    "payment.succeeded": "green",
    "offer.accepted": "green",
    "order.delivered": "green",
    "offer.sent": "blue",
    "refund.negotiating": "blue",
    "budget.exceeded": "red",
    "budget.topped_up": "green",
    "returnless.came_into_force": "green",
    "returnless.left": "red",
    "order.urged": "red",
    "order.prioritised": "blue",
}

WHO = {
    ActorKind.MERCHANT: gettext_lazy("Merchant"),
    ActorKind.BUYER: gettext_lazy("Buyer"),
    ActorKind.PLATFORM: gettext_lazy("Platform"),
    ActorKind.OPERATOR: gettext_lazy("Operator"),
    ActorKind.SYSTEM: gettext_lazy("Automatic"),
}


@dataclass(frozen=True)
class Entry:
    """One line of a timeline. `said` is a text that somebody wrote or saw, word for word."""

    at: datetime
    title: str
    who: str
    rule: str
    tone: str
    details: list[str]
    said: list[tuple[str, str]]


def timeline(store_id: int, topic_id, *, hidden: Sequence[str] = ()) -> list[Entry]:
    """What happened to a refund or an order but for `hidden` events, newest first; at most the newest MOST_EVENTS."""
    events = Event.objects.for_store(store_id).filter(topic_id=topic_id).order_by("-id")[:MOST_EVENTS]
    return [_entry(event) for event in events if event.name not in hidden]


# What was offered, said and agreed before anybody asked the platform (Q17).
_NEGOTIATED = ("offer.", "message.", "refund.changed", "coupon.", "parcel.")


def negotiation(store_id: int, topic_id) -> list[Entry]:
    """The record of the negotiation about a refund, oldest first (Q17)."""
    named = reduce(or_, (Q(name__startswith=name) for name in _NEGOTIATED))
    events = Event.objects.for_store(store_id).filter(named, topic_id=topic_id).order_by("id")[:MOST_EVENTS]
    return [_entry(event) for event in events]


def _entry(event: Event) -> Entry:
    who = WHO.get(event.actor_kind, event.actor_kind)
    label = event.actor_label or event.actor_id
    return Entry(
        at=event.at,
        title=TITLES.get(event.name, event.name),
        who=f"{who} · {label}" if label else str(who),
        rule=event.rule,
        tone=TONES.get(event.name, ""),
        details=_details(event.data),
        said=_said(event.data),
    )


def _label(choices, value) -> str:
    """The label of a choice; a value that is no longer known stays as it was recorded."""
    return str(choices(value).label) if value in choices.values else str(value)


def _change(values, show) -> str:
    """A value, or `before → after`."""
    if isinstance(values, list):
        before, after = values
        return show(after) if before == after else f"{show(before)} → {show(after)}"
    return show(values)


def _instant(text: str) -> str:
    """A recorded instant in the desk's time zone."""
    return shown(datetime.fromisoformat(text))


def _kind(value) -> str:
    """A refund's kind or a parcel's: an exchange is both."""
    return _label(RefundKind if value in RefundKind.values else ParcelKind, value)


def _product(data: dict) -> str:
    """What was promised: `Blanket × 1`, or the item id when no more is known."""
    name = data.get("title") or _("item %(item)s") % {"item": data["item_id"]}
    return f"{name} × {data['quantity']}" if data.get("quantity") else name


def _details(data: dict) -> list[str]:
    """The recorded facts that a person decides by, in a fixed order."""
    facts = []
    if data.get("kind"):
        facts.append(_change(data["kind"], _kind))
    if data.get("method"):
        facts.append(method_label(data["method"]))
    if data.get("purpose"):
        facts.append(_label(PaymentPurpose, data["purpose"]))
    if data.get("amount"):
        facts.append(_change(data["amount"], yuan))
    if data.get("title") or data.get("item_id"):
        facts.append(_product(data))
    if data.get("coupons") or data.get("coupon"):
        facts.append(", ".join(data.get("coupons") or [data["coupon"]]))
    if data.get("programme"):
        facts.append(_label(RefundProgramme, data["programme"]))
    facts.extend(_of_programme(data))
    if data.get("reason") in RefundReason.values:
        facts.append(_label(RefundReason, data["reason"]))
    if data.get("ship_by"):
        facts.append(_("ship by %(when)s") % {"when": _change(data["ship_by"], _instant)})
    if data.get("address"):
        facts.append(_change(data["address"], str))
    if data.get("urges", 0) > 1:
        facts.append(_("%(count)d times") % {"count": data["urges"]})
    if data.get("carrier"):
        facts.append(f"{data['carrier']} {data.get('tracking_number', '')}".strip())
    if data.get("ground"):
        facts.append(_label(AppealGround, data["ground"]))
    if data.get("file"):
        facts.append(data["file"])
    if data.get("credit_score"):
        facts.append(_("credit score %(score)d") % {"score": data["credit_score"]})
    if data.get("vip"):
        facts.append(_("VIP"))
    if data.get("outcome"):
        facts.append(_label(CaseOutcome, data["outcome"]))
    if data.get("agreed_with_buyer"):
        facts.append(_("agreed with the buyer beforehand"))
    if data.get("reference"):
        facts.append(_("reference %(reference)s") % {"reference": data["reference"]})
    if data.get("attempts", 0) > 1:
        facts.append(_("%(count)d attempts") % {"count": data["attempts"]})
    return facts


def _of_programme(data: dict) -> list[str]:
    """What is told of refund without return: versions, top-ups, products, the live session."""
    facts = []
    if data.get("version"):
        facts.append(_change(data["version"], str))
    if data.get("automatic"):
        facts.append(_("automatic"))
    if data.get("account") == AccountKind.SERVICE_BUDGET:
        facts.append(_("from the service budget"))
    if "threshold" in data:
        facts.append(_("below %(threshold)s") % {"threshold": yuan(data["threshold"])} if data["on"] else _("off"))
    facts.extend(f"+ {item_id}" for item_id in data.get("added", ())[:MOST_NAMED])
    facts.extend(f"− {item_id}" for item_id in data.get("removed", ())[:MOST_NAMED])
    if data.get("live_session"):
        facts.append(data["live_session"])
    return facts


def _said(data: dict) -> list[tuple[str, str]]:
    """Texts as they were written or shown."""
    said = []
    if data.get("buyer_sees"):
        said.append((_("The buyer sees"), data["buyer_sees"]))
    if data.get("claim"):
        said.append((_("Claim"), data["claim"]))
    if data.get("message"):
        said.append((_("Message"), data["message"]))
    if data.get("text"):
        said.append(("", data["text"]))
    if data.get("reason") and data["reason"] not in RefundReason.values:
        said.append((_("Reason"), data["reason"]))
    if data.get("note"):
        said.append((_("Note"), data["note"]))
    if data.get("evidence"):
        said.append((_("Evidence"), data["evidence"]))
    if data.get("carrier_error"):
        said.append((_("Carrier"), data["carrier_error"]))
    if data.get("error"):
        said.append((_("Gateway"), data["error"]))
    return said
