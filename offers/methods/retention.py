"""What methods that keep the order have in common (Q1, Q5, Q10, Q12, Q15, Q16)."""

from collections import Counter
from decimal import Decimal
from typing import ClassVar

from common.errors import Invalid, Refused, refuse_if
from common.money import CENT, ZERO, why_no_amount, yuan
from common.sentences import sentence as _
from common.words import duration
from offers.arriving import money_words, parcel_words, promised_parcels
from offers.choosing.ladder import share_in_yuan
from offers.methods.base import Method, Situation, Terms
from offers.models import Offer
from offers.states import OfferStatus
from orders.holds import why_not_take
from orders.parcels import owe_parcel
from orders.states import ParcelKind
from refunds.actions import withdraw_for_offer
from refunds.models import Refund
from stores.models import Product


class RetentionMethod(Method):
    """A method that keeps the order: accepted, the refund is withdrawn (Q10)."""

    event_rules = {
        OfferStatus.PENDING: "Q6",
        OfferStatus.ACCEPTED: "Q10",
        OfferStatus.DECLINED: "Q8",
        OfferStatus.EXPIRED: "Q8",
        OfferStatus.WITHDRAWN: "Q7",
    }

    def why_not(self, situation):
        """Nothing beyond what every offer needs."""
        return None

    def check(self, situation, terms):
        """Nothing but the message by default."""

    def limits(self, situation: Situation) -> dict:
        """The message's length, counted in characters as people see them (Q5)."""
        return {"max_message_length": situation.refund.rules.offer_message_length}

    def after_yes(self, offer):
        """The order stays."""
        return [_("You keep your order; your request is withdrawn.")]

    def brings(self, offer):
        """The end of the refund (Q10)."""
        return [_("When the buyer accepts, the refund is withdrawn.")]

    def accept(self, writes, offer, *, actor, now):
        """Withdraw the refund (Q10), and pay the part of the price that was offered: both or neither."""
        part = offer.amount if self.returns_price and offer.amount else ZERO
        named = {"actor": actor, "now": now, "rule": "Q10"}
        withdraw_for_offer(writes, offer.refund, difference=part, purpose=self.code, **named)


def most_unasked(situation: Situation) -> Decimal:
    """The most that is proposed before anybody types an amount: the store's own ceiling, in yuan (docs/adr/0082)."""
    percent = situation.refund.store.most_offered_percent
    return situation.refund.amount if percent is None else share_in_yuan(situation.refund.amount, percent)


class MoneyMethod(RetentionMethod):
    """A method with an amount in yuan, which goes out as a payment."""

    pays = True

    usual_share: ClassVar[Decimal]

    def most(self, situation: Situation) -> Decimal:
        """The most that may be offered."""
        return situation.most

    def why_not(self, situation):
        """There must be something left to pay."""
        if self.most(situation) < CENT:
            return Refused("amount_above_refundable", _("Nothing of this order is left to pay out."), "method")
        return None

    def check(self, situation, terms):
        """The amount is above zero and within the limit."""
        if terms.amount is None:
            raise Invalid("amount", _("Enter the amount that the buyer gets."), "required")
        refuse_if(why_no_amount(terms.amount))
        refuse_if(self.why_above(situation, terms.amount))

    def why_above(self, situation: Situation, amount: Decimal) -> Refused | None:
        """Why this amount is too high."""
        return why_not_take(amount, most=self.most(situation))

    def limits(self, situation: Situation) -> dict:
        """The amount's bounds and the usual one, in yuan (Q12)."""
        return {
            **super().limits(situation),
            "min_amount": str(CENT),
            "max_amount": str(self.most(situation)),
            "usual_amount": str(self.usual(situation)),
        }

    def limit_words(self, situation):
        """The most that may be offered, by whoever reads it."""
        return [_("at most %(most)s") % {"most": yuan(situation.within_role(self.most(situation)))}]

    def after_yes(self, offer):
        """The payment, as far as it is."""
        return [*super().after_yes(offer), money_words(offer, self.code)]

    def brings(self, offer):
        """The payment."""
        paid = _("%(amount)s goes out to the buyer in the same moment.") % {"amount": yuan(offer.amount)}
        return [*super().brings(offer), paid]

    def usual(self, situation: Situation) -> Decimal:
        """The usual share in yuan, at least a cent, and within the ceilings of the store and of the actor's role."""
        share = max(CENT, (situation.refund.amount * self.usual_share).quantize(CENT))
        return situation.within_role(min(self.most(situation), situation.most, share, most_unasked(situation)))

    def cost(self, offer, coupons):
        """What is paid."""
        return offer.amount

    def least_cost(self, situation):
        """The smallest amount."""
        return CENT

    def unasked_terms(self, situation):
        """The usual amount."""
        return {"amount": self.usual(situation)}


class ParcelMethod(RetentionMethod):
    """A method that promises a product of the store's warehouse (Q15, Q16)."""

    parcel_kind: ClassVar[ParcelKind]
    sends_parcel = True

    def goods(self, refund: Refund, item_id: str) -> dict[str, int]:
        """The pieces of the item to send, by SKU: what the refund is about where the method sends its own goods.

        Else it is one piece of whatever was named, of no certain SKU.
        """
        lines = refund.own_lines if self.begins_with_goods else []
        counts: Counter[str] = Counter()
        for line in lines:
            if line.line.item_id == item_id:
                counts[line.line.sku] += line.quantity
        return counts or {"": 1}

    def worth(self, refund, product):
        """Every piece that is sent, at its price now."""
        return product.price * sum(self.goods(refund, product.item_id).values())

    def check(self, situation, terms):
        """Needs a product."""
        if terms.product is None:
            raise Invalid("item_id", _("Name the product by its item id."), "required")

    def limits(self, situation: Situation) -> dict:
        """A product is needed, and the promise has a deadline."""
        hours = int(situation.refund.rules.promise_ships_within.total_seconds() // 3600)
        return {**super().limits(situation), "item_id": True, "ships_within_hours": hours}

    def limit_words(self, situation):
        """The promise's deadline."""
        return [_("ships within %(time)s") % {"time": duration(situation.refund.rules.promise_ships_within)}]

    def after_yes(self, offer):
        """The parcel, as far as it is."""
        return [*super().after_yes(offer), *(parcel_words(offer, parcel) for parcel in promised_parcels(offer))]

    def brings(self, offer):
        """The debt of a parcel."""
        time = duration(offer.refund.rules.promise_ships_within)
        owed = _("You then owe the buyer this parcel: it must be sent within %(time)s.") % {"time": time}
        return [*super().brings(offer), owed]

    def cost(self, offer, coupons):
        """What the pieces were worth when they were promised."""
        return offer.product_price

    def least_cost(self, situation):
        """The cheapest product, in as many pieces as would be sent."""
        items = {line.line.item_id for line in situation.lines} if self.begins_with_goods else set()
        return situation.cheapest_product({item: sum(self.goods(situation.refund, item).values()) for item in items})

    def unasked_terms(self, situation):
        """The goods themselves, where the method begins with them and there is one product."""
        items = [line.line.item_id for line in situation.lines]
        if not self.begins_with_goods or len(items) != 1:
            return None
        known = Product.objects.for_store(situation.refund.store_id).filter(item_id__in=items).exists()
        return {"item_id": items[0]} if known else None

    def product_text(self, refund: Refund, terms: Terms) -> str:
        """The product as the buyer sees it, with how many; one that isn't listed is marked (Q15)."""
        title, counts = terms.product.title, self.goods(refund, terms.product.item_id)
        if len(counts) > 1:
            title = f"{title} ({' + '.join(f'{sku} × {count}' for sku, count in counts.items())})"
        else:
            title = f"{title} {next(iter(counts))}".rstrip()
        pieces = sum(counts.values())
        if not terms.product.listed:
            title = _("%(title)s (off-shelf)") % {"title": title}
        return _("%(title)s × %(pieces)d") % {"title": title, "pieces": pieces} if pieces > 1 else title

    def accept(self, writes, offer: Offer, *, actor, now):
        """Withdraw the refund and owe the parcel, one for each SKU (Q16)."""
        super().accept(writes, offer, actor=actor, now=now)
        for sku, pieces in self.goods(offer.refund, offer.product.item_id).items():
            owe_parcel(
                writes,
                order=offer.refund.order,
                topic=offer.refund,
                kind=self.parcel_kind,
                product=offer.product,
                item_id=offer.product.item_id,
                sku=sku,
                title=offer.product.title,
                quantity=pieces,
                rules=offer.refund.rules,
                actor=actor,
                now=now,
            )
