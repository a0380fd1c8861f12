"""Durations, deadlines and amounts in the words that people read."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from common.money import yuan
from refunds.models import Refund
from refunds.states import RefundStatus

SOON = timedelta(hours=2)
DAYS_FROM = timedelta(days=3)


def percent(share: Decimal | str) -> str:
    """`3.12 %` of a share of 0.0312."""
    return f"{Decimal(share) * 100:.2f} %"


def time_left(left: timedelta) -> str:
    """`35 h 12 min`; days and hours from three days on; never below zero."""
    minutes = max(0, int(left.total_seconds() // 60))
    if left >= DAYS_FROM:
        return _("%(d)d d %(h)d h") % {"d": minutes // 1440, "h": minutes % 1440 // 60}
    return _("%(h)d h %(min)d min") % {"h": minutes // 60, "min": minutes % 60}


def at_deadline(refund: Refund) -> str:
    """What the passing of the refund's deadline brings, as a sentence; empty when none runs."""
    if refund.due_at is None:
        return ""
    if refund.is_followed:
        return _("What happens then, %(marketplace)s decides.") % {
            "marketplace": refund.store.get_marketplace_display()
        }
    match RefundStatus(refund.status):
        case RefundStatus.AWAITING_MERCHANT if refund.moves_goods:
            return _("Without your answer the request is approved automatically and the buyer may send the goods back.")
        case RefundStatus.AWAITING_MERCHANT:
            return _("Without your answer the request is approved automatically and %(amount)s goes out.") % {
                "amount": yuan(refund.amount)
            }
        case RefundStatus.AWAITING_RETURN:
            return _("If the buyer doesn't send the goods by then, the refund is closed.")
        case RefundStatus.RETURNING if not refund.pays:
            return _("Without your inspection the exchange counts as accepted and the new goods are owed.")
        case RefundStatus.RECALLING:
            return _("If nobody knows by then where the parcel is, %(amount)s is refunded.") % {
                "amount": yuan(refund.amount)
            }
        case RefundStatus.RETURNING:
            return _("Without your inspection %(amount)s is refunded automatically.") % {"amount": yuan(refund.amount)}
        case RefundStatus.REJECTED:
            return _("If the buyer doesn't correct the request by then, the refund is closed.")
    return _("Then it is %(outcome)s.") % {"outcome": refund.get_due_action_display()}


def sent_there(refund: Refund) -> str:
    """What becomes of a decision about a refund that is followed."""
    return _("It is sent to %(marketplace)s, and counts once %(marketplace)s says so.") % {
        "marketplace": refund.store.get_marketplace_display()
    }


def is_soon(due_at: datetime | None, now: datetime) -> bool:
    """Whether less than two hours are left."""
    return due_at is not None and due_at - now < SOON


def masked(name: str) -> str:
    """A person's name as somebody needs it who only packs: its first letter; empty for none."""
    return f"{name[:1]}**" if name else ""
