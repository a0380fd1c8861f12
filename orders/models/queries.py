"""Orders by what people ask for: what waits for the warehouse, in which order, what is special (P8, K1, K4, K5)."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from common.search import folded, is_found_often, plain_text
from common.tenancy import TenantQuerySet
from orders.states import OrderStatus, OrderTag

PHONE_END = 4  # as many of a phone's last digits as people tell each other
SHORTEST_START = 2  # of an item id or an SKU

# What the warehouse still has to send: an order all of whose money is held waits for that to be decided.
# One whose address is masked isn't the warehouse's: nobody here knows where it goes.
AWAITS_SHIPPING = Q(status=OrderStatus.UNSHIPPED, is_masked=False) & (
    Q(claimed_amount__lt=F("paid_amount")) | Q(paid_amount=0)
)
# What the indexes hold of it; of those, some have nothing to pack yet.
AWAITING = Q(awaits_shipping=True)
TO_SHIP = AWAITING & Q(has_nothing_to_pack=False)
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

    def partly_shipped(self):
        """Some pieces have left, and others wait."""
        return self.to_ship().filter(shipped_pieces__gt=0)

    def undelayed(self):
        """Those whose delay no open report tells of (K4)."""
        return self.filter(rule_ship_by__isnull=True)

    def matching(self, term):
        """Those found by what was typed.

        That is the beginning of the number, of the buyer's or the receiver's name, of the phone, of a tracking number,
        of an item id or an SKU, or the last four of the phone, however it is typed and however it was stored; a buyer's
        id as it stands or in one case.
        """
        ids = self.ids_matching(term)
        is_often = is_found_often(*self.questions_about(term))
        return self.filter(order_fits(term)) if is_often else self.filter(pk__in=ids)

    def ids_matching(self, term):
        """The ids of the open scope's orders that `matching` finds: one question with an index for each table."""
        of_goods = apps.get_model("orders", "OrderLine").objects.in_scope().of_goods(term)
        return self.without_goods(term).union(of_goods.order_by().values("order"), all=True)

    def questions_about(self, term):
        """What `matching` asks, each question by itself and of its own table, for `is_found_often`."""
        of_goods = apps.get_model("orders", "OrderLine").objects.in_scope().of_goods(term)
        return (*self.questions_without_goods(term), of_goods)

    def questions_without_goods(self, term):
        """Those of them that aren't about what was bought."""
        own = self.model.objects.in_scope()
        in_parts = apps.get_model("orders", "Shipment").objects.in_scope().in_part_under(term)
        return (*(own.filter(question) for question in _questions(term)), in_parts)

    def without_goods(self, term):
        """Those of them that aren't found by what was bought."""
        in_parts = apps.get_model("orders", "Shipment").objects.in_scope().in_part_under(term)
        of_their_own = self.model.objects.in_scope().named(term)
        return of_their_own.order_by().values("pk").union(in_parts.order_by().values("order"), all=True)

    def named(self, term):
        """Those found by what is on the order itself."""
        return self.filter(is_named(term))

    def tagged(self, tag, store, now):
        """Those of this store's orders that carry the tag now."""
        return self.filter(carries(tag, store, now))


class OrderLineQuerySet(TenantQuerySet):
    """Order lines by what was bought."""

    def of_goods(self, term):
        """Those whose item id or SKU begins with what was typed, however typed and stored.

        Less than SHORTEST_START characters have to be all of it: too many lines of a store begin with any one.
        """
        if not (start := folded(term)):
            return self.none()
        if len(start) < SHORTEST_START:
            return self.filter(Q(item_id=start) | ~Q(sku_folded="") & Q(sku_folded=start))
        return self.filter(Q(item_id__begins=start) | ~Q(sku_folded="") & Q(sku_folded__begins=start))


def is_named(term: str, path: str = "") -> Q:
    """Whether an order is found by what is on it; `path` leads to it from the row that is asked (`order__`)."""
    found = Q()
    for question in _questions(term, path):
        found |= question
    return found


def _questions(term: str, path: str = "") -> list[Q]:
    """The same, one question for each index."""
    start, plain = folded(term), plain_text(term)
    if not start:
        return [Q(pk__in=[])]
    asked = {"buyer_id__in": {term.strip(), plain, plain.lower(), plain.upper()}}
    asked |= {f"{column}_folded__begins": start for column in ("number", "buyer", "tracking")}
    questions = [Q(**{f"{path}{question}": answer}) for question, answer in asked.items()]
    for column in ("receiver_folded", "phone_folded"):
        questions.append(~Q(**{f"{path}{column}": ""}) & Q(**{f"{path}{column}__begins": start}))
    if len(start) == PHONE_END:
        questions.append(~Q(**{f"{path}phone_end": ""}) & Q(**{f"{path}phone_end": start}))
    return questions


def goes_in_part(term: str, path: str = "") -> Q:
    """Whether a parcel with a part of the order goes under such a number."""
    parcels = apps.get_model("orders", "Shipment").objects.in_scope().in_part_under(term)
    return Q(Exists(parcels.filter(order=OuterRef(f"{path}pk"))))


def order_fits(term: str, path: str = "") -> Q:
    """What `matching` asks, of one row after the other: for what fits half a store (`is_found_often`)."""
    goods = apps.get_model("orders", "OrderLine").objects.in_scope().of_goods(term)
    bought = Exists(goods.filter(order=OuterRef(f"{path}pk")))
    return is_named(term, path) | goes_in_part(term, path) | Q(bought)


def carries(tag, store, now) -> Q:
    """Whether an order of this store carries the tag now, as `Order.tags` says of one."""
    within = store.rules.ships_soon_within
    when = {
        OrderTag.PRIORITY: Q(is_priority=True),
        OrderTag.URGED: Q(is_urged=True) if store.smart_customer_service else Q(pk__in=[]),
        OrderTag.LATE: Q(ship_by__lt=now),
        OrderTag.SOON_LATE: Q(ship_by__gte=now, ship_by__lte=now + within),
        OrderTag.DELAYED: Q(rule_ship_by__isnull=False),
    }
    return TO_SHIP & when[tag]
