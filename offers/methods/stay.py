"""Before an unshipped order is cancelled the marketplace asks the buyer to stay (K1, K3)."""

from django.utils.translation import gettext_lazy

from common.calendar import end_face
from common.errors import Refused
from common.money import grouped
from common.sentences import paragraph
from common.sentences import sentence as _
from offers.methods.base import PLATFORM, Method, Situation, register
from offers.states import OfferStatus
from orders.saving import prioritise
from orders.states import OrderStatus
from orders.waybills import carrier_label
from refunds.actions import withdraw_for_offer
from refunds.models import Refund
from refunds.states import RefundReason, RefundStatus


@register
class Stay(Method):
    """The marketplace's own proposal."""

    code = "stay"
    label = gettext_lazy("Stay with the order")
    icon = "volunteer_activism"
    order = 200
    by_platform = True
    event_rules = dict.fromkeys(OfferStatus, "K1")
    takes_address = True  # K3
    ends_when_shipped = True
    buyer_template = "offers/stay.html"
    desk_template = "workbench/refunds/stay_card.html"
    spares_return = False  # nothing has left the warehouse

    def proposes(self, refund):
        """About a new request while the warehouse still has the order (K1)."""
        unshipped = refund.order.status == OrderStatus.UNSHIPPED and not refund.has_left
        return refund.rules.proposes_stay and unshipped and refund.status == RefundStatus.AWAITING_MERCHANT

    def why_not(self, situation: Situation):
        """Only for orders that the warehouse still has."""
        if not self.proposes(situation.refund):
            return Refused("method_not_available", _("The marketplace proposes this before an order ships."), "method")
        return None

    def check(self, situation, terms):
        """There is nothing to fill in."""

    def limits(self, situation):
        """There is nothing to fill in."""
        return {}

    def why(self, situation):
        return _("The order has not been shipped: the buyer may still keep it.")

    def buyer_sees(self, refund, terms):
        """The proposal and what is true about the order, in one text: it is evidence (Q17)."""
        return paragraph([headline(refund), *reasons_to_stay(refund)])

    def buyer_facts(self, offer):
        """The proposal point by point; for a wrong address with a field for the right one (K1, K3)."""
        refund = offer.refund
        return {
            "headline": headline(refund),
            "reasons": reasons_to_stay(refund),
            "asks_for_address": asks_for_address(refund),
            "address": refund.order.address,
        }

    def why_gone(self, offer) -> Refused | None:
        """An order that was shipped meanwhile has nothing left to propose, whatever became of the proposal."""
        order = offer.refund.order
        if not offer.refund.has_left or offer.answered_at is not None:
            return None
        if order.is_partly_shipped:
            return Refused(
                "order_already_shipped",
                _(
                    "A part of these goods was shipped meanwhile. To keep the order, withdraw the request;"
                    " otherwise wait for the seller's answer."
                ),
            )
        return Refused(
            "order_already_shipped",
            _(
                "The order was shipped meanwhile (%(carrier)s %(tracking)s). To keep it, withdraw the request;"
                " otherwise wait for the seller's answer."
            )
            % {"carrier": carrier_label(order.carrier), "tracking": order.tracking_number},
        )

    def after_yes(self, offer):
        """Where the order goes, and until when; or how it went."""
        order, store = offer.refund.order, offer.refund.store
        facts = {"store": store.name, "address": order.address}
        if order.has_left:
            went = _("%(store)s has sent it to %(address)s: %(carrier)s, tracking number %(number)s.")
            found = [went % {**facts, "carrier": carrier_label(order.carrier), "number": order.tracking_number}]
        else:
            facts["due"] = end_face(order.ship_by, store.time_zone)
            found = [_("%(store)s sends it to %(address)s by %(due)s.") % facts]
            if order.is_priority:
                found.append(_("The warehouse is asked to ship it before other orders."))
        return [_("You keep your order; your request is withdrawn."), *found]

    def accept(self, writes, offer, *, actor, now):
        """Withdraw the refund and let the order go first, when the store's switch is on (K1)."""
        withdraw_for_offer(writes, offer.refund, actor=actor, now=now, rule="K1")
        if offer.refund.store.priority_shipping_tag:
            prioritise(writes, offer.refund.order, actor=PLATFORM, now=now)


def asks_for_address(refund: Refund) -> bool:
    """Whether the wrong address is what the buyer is worried about (K3)."""
    return refund.reason == RefundReason.WRONG_ADDRESS


def headline(refund: Refund) -> str:
    """What is proposed, in one sentence."""
    if asks_for_address(refund):
        return _("You needn't cancel: the address of this order can still be changed.")
    return _("Your order has not been shipped yet. Would you like to keep it?")


def reasons_to_stay(refund: Refund) -> list[str]:
    """Why it may be worth staying: nothing but what is known about the order."""
    order = refund.order
    ship_by = end_face(order.ship_by, refund.store.time_zone)
    if order.ship_by > refund.created_at:
        facts = [_("It is in the seller's warehouse, to be shipped by %(ship_by)s.") % {"ship_by": ship_by}]
    else:
        facts = [
            _("It should have left the warehouse by %(ship_by)s. We are sorry that it is late.") % {"ship_by": ship_by}
        ]
    if refund.store.priority_shipping_tag:
        facts.append(_("If you stay, the warehouse is asked to ship it before other orders."))
    facts.append(
        _("You keep the goods at the price you paid, ¥%(amount)s; later they may cost more or be sold out.")
        % {"amount": grouped(order.paid_amount)}
    )
    facts.append(_("Staying withdraws this request. You can ask for a refund again whenever you need to."))
    return facts
