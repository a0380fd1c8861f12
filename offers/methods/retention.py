"""What Tmall's seven methods have in common (Q1, Q5, Q10, Q12, Q15, Q16)."""

from decimal import Decimal

from django.utils.translation import gettext as _

from common.errors import Invalid, Refused
from common.money import CENT, ZERO
from offers.methods.base import Case, Method, Terms
from orders.parcels import owe_parcel
from refunds.actions import withdraw_for_offer


class RetentionMethod(Method):
    """A method that keeps the order: accepted, the refund is withdrawn (Q10)."""

    def refusal(self, case):
        """Whether this method needs something that the case hasn't."""
        return None

    def check(self, case, terms):
        """Nothing but the message by default."""

    def limits(self, case: Case) -> dict:
        """The message's length, counted in characters as people see them (Q5)."""
        return {"max_message_length": case.refund.rules.offer_message_length}

    def accept(self, writes, offer, *, actor, now):
        """Withdraw the refund (Q10)."""
        withdraw_for_offer(writes, offer.refund, actor=actor, now=now, rule="Q10")


class MoneyMethod(RetentionMethod):
    """A method with an amount in yuan."""

    def most(self, case: Case) -> Decimal:
        """The most that may be offered."""
        return case.most

    def refusal(self, case):
        """There must be something left to pay."""
        if self.most(case) < CENT:
            return Refused("amount_above_refundable", _("Nothing of this order is left to pay out."), "method")
        return None

    def check(self, case, terms):
        """The amount is above zero and within the limit."""
        if terms.amount is None:
            raise Invalid("amount", _("Enter the amount that the buyer gets."), "required")
        if terms.amount <= ZERO:
            raise Invalid("amount", _("The amount must be above zero."), "min_value")
        if terms.amount > self.most(case):
            raise self.above(case)

    def above(self, case: Case) -> Refused:
        """The refusal of an amount that is too high."""
        return Refused(
            "amount_above_refundable", _("At most %(most)s can be refunded here.") % {"most": case.most}, "amount"
        )

    def limits(self, case: Case) -> dict:
        """The amount's bounds, in yuan."""
        return {**super().limits(case), "min_amount": str(CENT), "max_amount": str(self.most(case))}


class ParcelMethod(RetentionMethod):
    """A method that promises a product of the store's warehouse (Q15, Q16)."""

    def check(self, case, terms):
        """Needs a product."""
        if terms.product is None:
            raise Invalid("item_id", _("Name the product by its item id."), "required")

    def limits(self, case: Case) -> dict:
        """A product is needed, and the promise has a deadline."""
        hours = int(case.refund.rules.promise_ships_within.total_seconds() // 3600)
        return {**super().limits(case), "item_id": True, "ships_within_hours": hours}

    def product_text(self, terms: Terms) -> str:
        """The product as the buyer sees it; one that isn't listed is marked (Q15)."""
        if terms.product.listed:
            return terms.product.title
        return _("%(title)s (off-shelf)") % {"title": terms.product.title}

    def accept(self, writes, offer, *, actor, now):
        """Withdraw the refund and owe the parcel (Q16)."""
        super().accept(writes, offer, actor=actor, now=now)
        owe_parcel(
            writes,
            order=offer.refund.order,
            topic=offer.refund,
            kind=self.code,
            product=offer.product,
            item_id=offer.product.item_id,
            title=offer.product.title,
            quantity=1,
            rules=offer.refund.rules,
            actor=actor,
            now=now,
        )
