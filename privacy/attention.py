"""What of buyers' data waits for whoever looks after the platform."""

from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from privacy.models import BuyerRequest

ATTENTION = (
    Attention(
        "buyer_requests",
        _("Exports and erasures of buyers' data that broke off"),
        _("A law gives the buyer a date. Find the request's line in the worker's log, mend the cause, let it go on."),
        lambda: BuyerRequest.objects.filter(needs_attention=True),
        "asked_at",
        "privacy.buyerrequest",
    ),
)
