"""Which refunds are retainable now, as a condition that the database answers at list speed (Q3).

The same rules as eligibility.why_not_retain, by the rules that the store's marketplace has now. It reads only refunds
that await the merchant, which the index (store, status) keeps apart from the history.
"""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from common.calendar import day_of
from offers.models import Offer
from offers.states import OfferStatus
from refunds.models import RefundLine
from refunds.models.goods import have_left
from refunds.states import RefundStatus
from stores.models import Store, open_categories


def filter_retainable(refunds: QuerySet, *, store: Store, now: datetime, wanted: bool = True) -> QuerySet:
    """Refunds of the store that are (or, with `wanted` False, are not) retainable now."""
    rules = store.rules
    if not rules.offer_methods or not rules.offers_on(store.site):
        return refunds.none() if wanted else refunds
    offers = Offer.objects.filter(store_id=store.pk, refund=OuterRef("pk"))
    made = offers.attempts().order_by().values("refund").annotate(count=Count("pk")).values("count")
    # Said so that PostgreSQL expects many rows, as there are, and reads no more than a page of them. Most refunds have
    # no deadline, those that wait all do: of `due_at > now` it would believe that hardly one is left, and sort them.
    condition = Q(status=RefundStatus.AWAITING_MERCHANT) & Q(GreaterThan(Coalesce("due_at", Value(now)), Value(now)))
    condition &= ~Exists(offers.filter(status=OfferStatus.PENDING))
    condition &= ~Q(offers_made__gte=rules.offers_per_refund) & Q(kind__in=rules.offers_for_kinds)
    if rules.offers_after_shipping_only:
        condition &= have_left()
    if rules.offers_in_open_categories_only:
        lines = RefundLine.objects.filter(store_id=store.pk, refund=OuterRef("pk"))
        condition &= ~Exists(
            lines.exclude(line__category__in=open_categories(rules.name, day_of(now, store.time_zone)))
        )
    counted = refunds.annotate(offers_made=Coalesce(Subquery(made), 0))
    return counted.filter(condition) if wanted else counted.exclude(condition)
