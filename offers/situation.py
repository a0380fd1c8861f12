"""A refund's situation: all that offers about it depend on at an instant, each part read when it is first asked for."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from common.calendar import day_of
from common.queries import among, named_query
from common.together import read_together
from offers.models import Coupon, MarketplaceMethod, Offer, StoreMethod
from offers.registry import METHODS, gives_coupons
from refunds.holds import most_refundable
from refunds.models import Refund, RefundLine
from stores.models import open_categories


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
    """A refund at an instant, loaded with its order and, where retention is asked about, its store."""

    def __init__(self, refund: Refund, now: datetime):
        self.refund, self.now = refund, now

    @property
    def lines(self) -> list[RefundLine]:
        """What the refund is about."""
        return self.refund.own_lines

    @cached_property
    def most(self) -> Decimal:
        """The maximum refundable, in yuan."""
        return most_refundable(self.refund)

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
