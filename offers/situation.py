"""A refund's situation: all that offers about it depend on at an instant, each part read when it is first asked for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import Case, F, Min, When

from common.actors import Actor
from common.calendar import day_of
from common.money import ZERO
from common.queries import among, named_query
from common.together import read_together
from offers.models import Coupon, MarketplaceMethod, Offer, StoreMethod
from offers.registry import METHODS, gives_coupons
from refunds.holds import most_refundable
from refunds.models import Refund, RefundLine
from stores.ceilings import Ceiling, most_at_once
from stores.models import Product, open_categories


@named_query
def _offers_of(store_ids, refund_ids):
    offers = Offer.objects.filter(among("store", store_ids), among("refund", refund_ids))
    return offers.select_related("product").order_by("id")


@read_together
def offers_before(refunds: Sequence[Refund]) -> dict[UUID, list[Offer]]:
    """A refund's offers, oldest first. A new refund can have one only where the platform answers at once (K1)."""
    found: dict[UUID, list[Offer]] = {refund.pk: [] for refund in refunds}
    asked = [refund for refund in refunds if not refund.is_new or refund.rules.proposes_stay]
    if asked:
        stores = list({refund.store_id for refund in asked})
        for offer in _offers_of.all(store_ids=stores, refund_ids=[refund.pk for refund in asked]):
            found[offer.refund_id].append(offer)
    return found


@read_together
def open_to(refunds: Sequence[Refund], today: date) -> dict[UUID, frozenset[str]]:
    """The categories of a refund's goods that are open to retention on that day (Q2)."""
    categories = {refund.pk: {line.line.category for line in refund.own_lines} for refund in refunds}
    opened: dict[str, frozenset[str]] = {}
    for name in {refund.rules.name for refund in refunds}:
        rows = open_categories(name, today).filter(category__in=set().union(*categories.values()))
        opened[name] = frozenset(rows.values_list("category", flat=True))
    return {refund.pk: opened[refund.rules.name] & categories[refund.pk] for refund in refunds}


@named_query
def _switches(marketplace):
    return MarketplaceMethod.objects.filter(marketplace=marketplace)


@named_query
def _own_switches(store_id):
    return StoreMethod.objects.for_store(store_id)


def methods_on(
    methods: Iterable[str], switches: Iterable[MarketplaceMethod | StoreMethod], today: date
) -> frozenset[str]:
    """Those of a marketplace's methods that no switch keeps off today; what has no switch is on (Q4)."""
    off = {switch.method for switch in switches if not switch.is_on or switch.available_from > today}
    return frozenset(methods) - off


class Situation:
    """A refund at an instant, loaded with its order and, where retention is asked about, its store.

    With an `actor` it is the refund as that person may decide it: within the ceilings of their role.
    """

    def __init__(self, refund: Refund, now: datetime, actor: Actor | None = None):
        self.refund, self.now, self.actor = refund, now, actor

    @property
    def lines(self) -> list[RefundLine]:
        """What the refund is about."""
        return self.refund.own_lines

    @cached_property
    def most(self) -> Decimal:
        """The maximum refundable, in yuan."""
        return most_refundable(self.refund)

    @cached_property
    def offer_ceiling(self) -> Decimal | None:
        """Yuan that the actor may offer at once; None for no ceiling."""
        return most_at_once(self.refund.store, Ceiling.OFFER, self.actor)

    @cached_property
    def approval_ceiling(self) -> Decimal | None:
        """Yuan that the actor may approve at once; None for no ceiling."""
        return most_at_once(self.refund.store, Ceiling.APPROVAL, self.actor)

    def within_role(self, amount: Decimal) -> Decimal:
        """So many yuan, or what the actor may offer where that is less."""
        return amount if self.offer_ceiling is None else min(amount, self.offer_ceiling)

    @cached_property
    def earlier(self) -> list[Offer]:
        """The offers made before, the platform's too, oldest first."""
        return offers_before(self.refund)

    @property
    def attempts(self) -> list[Offer]:
        """The offers that count as made: what the platform proposed or nobody could keep counts against nobody (K1)."""
        kept = [offer for offer in self.earlier if not offer.has_lapsed]
        return [offer for offer in kept if not METHODS[offer.method].by_platform]

    @cached_property
    def today(self) -> date:
        """The date on the store's calendar: switches and categories open by date."""
        return day_of(self.now, self.refund.store.time_zone)

    @cached_property
    def available(self) -> frozenset[str]:
        """The marketplace's methods whose switches, the marketplace's and the store's, are on (Q4)."""
        marketplace = _switches.all(marketplace=self.refund.rules.name)
        own = _own_switches.all(store_id=self.refund.store_id)
        return methods_on(self.refund.rules.offer_methods, [*marketplace, *own], self.today)

    @cached_property
    def closed_categories(self) -> frozenset[str]:
        """Categories of the refund's goods that aren't open to retention today (Q2)."""
        categories = {line.line.category for line in self.lines}
        return frozenset(categories - open_to(self.refund, self.today))

    @cached_property
    def has_coupons(self) -> bool:
        """Whether the store has a coupon that can be granted now (Q13)."""
        if not gives_coupons(self.refund.rules.offer_methods):
            return False
        return Coupon.objects.for_store(self.refund.store_id).usable(self.now).exists()

    @cached_property
    def smallest_coupon(self) -> Decimal:
        """Yuan that the store's smallest coupon takes off that can be granted now."""
        usable = Coupon.objects.for_store(self.refund.store_id).usable(self.now)
        return usable.aggregate(least=Min("amount_off"))["least"] or ZERO

    def cheapest_product(self, pieces: Mapping[str, int] | None = None) -> Decimal:
        """Yuan that the cheapest product of the store costs, those that aren't sent singly as `pieces` says by item."""
        if (key := frozenset((pieces or {}).items())) not in self._cheapest:
            price = F("price") * Case(*(When(item_id=item, then=count) for item, count in key), default=1)
            products = Product.objects.for_store(self.refund.store_id)
            self._cheapest[key] = products.aggregate(least=Min(price))["least"] or ZERO
        return self._cheapest[key]

    @cached_property
    def _cheapest(self) -> dict[frozenset[tuple[str, int]], Decimal]:
        return {}
