"""Orders by what people ask for: what waits for the warehouse, in which order, what is special (P8, K1, K4, K5)."""

from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from common.search import folded, plain_text
from common.tenancy import TenantQuerySet
from orders.states import OrderStatus, OrderTag

# What the warehouse still has to send: an order all of whose money is held waits for that to be decided.
# One whose address is masked isn't the warehouse's: nobody here knows where it goes.
AWAITS_SHIPPING = Q(status=OrderStatus.UNSHIPPED, is_masked=False) & (
    Q(claimed_amount__lt=F("paid_amount")) | Q(paid_amount=0)
)
TO_SHIP = Q(awaits_shipping=True)
# Urged while it was delayed, and the delay is over: before everything else (K4).
COMES_FIRST = ExpressionWrapper(Q(is_urged=True, resumed_at__isnull=False), output_field=models.BooleanField())


class OrderQuerySet(TenantQuerySet):
    """Orders by what the warehouse, and who looks for one of them, ask."""

    def to_ship(self):
        """What the warehouse still has to send (P8)."""
        return self.filter(TO_SHIP)

    def in_shipping_order(self):
        """By deadline; urged orders whose delay was lifted before all others (P8, K4)."""
        return self.order_by(COMES_FIRST.desc(), "ship_by", "id")

    def priority(self):
        """To be shipped before others, since the buyer was persuaded to stay (K1)."""
        return self.to_ship().filter(is_priority=True)

    def urged(self):
        """Waiting although the buyer asked for haste, in stores that see it (K5)."""
        return self.to_ship().filter(is_urged=True, store__smart_customer_service=True)

    def late(self, now):
        """Not shipped although it should be (P8)."""
        return self.to_ship().filter(ship_by__lt=now)

    def soon_late(self, now, within):
        """Late within this time unless shipped (P8)."""
        return self.to_ship().filter(ship_by__gte=now, ship_by__lte=now + within)

    def delayed(self):
        """To be shipped later than the rule says, which an open delay report has told the buyer (K4)."""
        return self.to_ship().filter(rule_ship_by__isnull=False)

    def matching(self, term):
        """Those found by what was typed.

        That is the beginning of the number, of the buyer's or the receiver's name, or of the phone, the buyer's id, or
        a tracking number, however it is typed and however it was stored; a buyer's id as it stands or in one case.
        """
        start, plain = folded(term), plain_text(term)
        if not start:
            return self.none()
        found = Q(buyer_id__in={term.strip(), plain, plain.lower(), plain.upper()})
        found |= Q(number_folded__begins=start) | Q(buyer_folded__begins=start) | Q(tracking_folded__begins=start)
        found |= ~Q(receiver_folded="") & Q(receiver_folded__begins=start)
        found |= ~Q(phone_folded="") & Q(phone_folded__begins=start)
        return self.filter(found)

    def tagged(self, tag, store, now):
        """Those of this store's orders that carry the tag now."""
        match tag:
            case OrderTag.LATE:
                return self.late(now)
            case OrderTag.SOON_LATE:
                return self.soon_late(now, store.rules.ships_soon_within)
            case OrderTag.DELAYED:
                return self.delayed()
            case OrderTag.URGED:
                return self.urged()
            case _:
                return self.priority()
