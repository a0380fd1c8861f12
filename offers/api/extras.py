"""What offers add to a refund's detail."""

from common import clock
from common.api.represent import represent
from offers.api.serializers import OfferSerializer
from offers.eligibility import general_refusal
from offers.models import Offer
from refunds.api.extras import DETAIL_FIELDS
from refunds.models import Refund


def offers_of(refund: Refund) -> list[dict]:
    """Oldest first."""
    if refund.is_new:
        return []
    offers = Offer.objects.for_store(refund.store_id).filter(refund=refund).order_by("id")
    return [represent(OfferSerializer, offer) for offer in offers]


def retainable(refund: Refund) -> dict:
    """Whether something may be offered now."""
    refused = general_refusal(refund, clock.now(), made=[] if refund.is_new else None)
    return {"ok": refused is None, "code": refused and refused.code}


DETAIL_FIELDS["offers"] = offers_of
DETAIL_FIELDS["retainable"] = retainable
