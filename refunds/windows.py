"""How long after the receipt a refund may be asked, and for which reasons (P3)."""

from datetime import datetime

from django.utils.translation import gettext as _

from common.errors import Refused
from common.words import listed
from orders.models import Order
from orders.why_not import why_erased
from refunds.states import RefundReason
from stores.marketplaces import MarketplaceRules


def why_not_ask(order: Order, rules: MarketplaceRules, reason: str, now: datetime) -> Refused | None:
    """Why it is too late to ask for a refund of this order, or for this reason; before the receipt it never is (P3).

    Nor can anything be asked once the buyer's data is erased.
    """
    if (erased := why_erased(order)) is not None:
        return erased
    if order.delivered_at is None:
        return None
    if now > order.delivered_at + rules.after_sale_window:
        return Refused("after_sale_window_closed", _("The time to ask for a refund of this order is over."))
    if reason == RefundReason.NO_REASON_7D and now > order.delivered_at + rules.no_reason_window:
        others = listed(other.label for other in RefundReason if other != RefundReason.NO_REASON_7D)
        return Refused(
            "after_sale_window_closed",
            _("Without a reason goods go back within %(days)d days after receipt; now name one of: %(reasons)s.")
            % {"days": rules.no_reason_window.days, "reasons": others},
            "reason",
        )
    return None
