"""What of money waits for a person."""

from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from payments.models import GatewayNotice, Payment

ATTENTION = (
    Attention(
        "payments",
        _("Payments of which nobody knows what became"),
        _("Look them up at the gateway, then let the payment be asked about again; never pay a second time by hand."),
        lambda: Payment.objects.filter(needs_attention=True),
        "created_at",
        "payments.payment",
        "attention",
    ),
    Attention(
        "conflicts",
        _("Payments about which a gateway says otherwise than our books"),
        _("Compare both sides on the payment's page and decide what holds."),
        lambda: Payment.objects.exclude(conflict=""),
        "created_at",
        "payments.payment",
        "attention",
    ),
    Attention(
        "notices",
        _("Notices of gateways that couldn't be booked"),
        _("Read them beside the day's comparison; look the payment up at the gateway."),
        lambda: GatewayNotice.objects.filter(needs_attention=True),
        "received_at",
        "payments.reconciliation",
    ),
)
