"""What a merchant fills in becomes the terms of an offer, or is refused by the rule that is nearest to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from common.errors import Invalid, refuse_if
from common.sentences import sentence as _
from offers.coupons import find_coupons
from offers.eligibility import why_not_try
from offers.methods import METHODS, Terms
from offers.situation import Situation
from offers.text import length
from refunds.actions import find_return_address
from refunds.models import Refund
from stores.models import Product
from stores.why_not import why_unknown


def prepare_terms(
    refund: Refund,
    *,
    method: str,
    now: datetime,
    message: str = "",
    amount: Decimal | None = None,
    return_address_id: UUID | str | None = None,
    agreed_with_buyer: bool = False,
    item_id: str | None = None,
    coupon_ids: Sequence[UUID] = (),
) -> Terms:
    """Check everything about an offer, in the order that `offers.eligibility` tells, and return its terms.

    The preview (Q6) and the sending ask the same. Refused, Invalid or NotFound as `send_offer`.
    """
    if method not in METHODS:
        raise Invalid("method", _("Unknown method."), "invalid_choice")
    chosen, situation = METHODS[method], Situation(refund, now)
    refuse_if(why_not_try(chosen, situation))
    most = refund.rules.offer_message_length
    if length(message) > most:
        raise Invalid("message", _("At most %(most)d characters.") % {"most": most}, "max_length")
    store_id = refund.store_id
    terms = Terms(
        message=message,
        amount=amount,
        return_address=find_return_address(store_id, return_address_id) if return_address_id else None,
        agreed_with_buyer=agreed_with_buyer,
        product=_find_product(store_id, item_id) if item_id else None,
        coupons=find_coupons(store_id=store_id, ids=coupon_ids, now=now) if coupon_ids else (),
    )
    refuse_if(chosen.lacks(situation))
    chosen.check(situation, terms)
    return replace(terms, amount=chosen.amount_of(refund, terms))


def _find_product(store_id: int, item_id: str) -> Product:
    """Q15: listed or not, it must be in this store's warehouse."""
    product = Product.objects.for_store(store_id).filter(item_id=item_id).first()
    refuse_if(why_unknown(item_id, product, "item_id"))
    return product
