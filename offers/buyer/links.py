"""Links to the buyer's page: signed, for one refund and one purpose, and over after thirty days."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse

from refunds.models import Refund

LIVES = timedelta(days=30)
_SALT = "wanliu.buyer-page"


@dataclass(frozen=True)
class BuyerLink:
    """Which refund a link opens."""

    store_id: int
    refund_id: UUID


def link_for(refund: Refund) -> str:
    """The path of the buyer's page of a refund."""
    token = signing.dumps([refund.store_id, refund.pk.hex], salt=_SALT)
    return reverse("buyer-page", args=[token])


def read_link(token: str) -> BuyerLink | None:
    """What a link opens; None when it was tampered with, is over, or was signed for something else."""
    try:
        store_id, refund_hex = signing.loads(token, salt=_SALT, max_age=LIVES)
    except signing.BadSignature:
        return None
    return BuyerLink(store_id, UUID(refund_hex))
