"""What of money waits for a person."""

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from payments.gateways import DEFAULT
from payments.models import GatewayNotice, Payment, PaymentTerms
from stores.models import Store


def _paying_nobody() -> QuerySet[Store]:
    """Stores for which people work and of which the sandbox counts payments as paid, as nobody has chosen a gateway."""
    if not settings.PRODUCTION:
        return Store.objects.none()
    chosen = PaymentTerms.objects.in_scope().exclude(gateway__in=("", DEFAULT))
    return Store.objects.filter(is_sandbox=False).exclude(pk__in=chosen.values("store"))


ATTENTION = (
    Attention(
        "gateways",
        _("Stores whose payments reach nobody: no gateway is chosen"),
        _(
            "Choose one on the store's page, under “Limits of small payments”; "
            "until then the sandbox counts as paid what no buyer gets."
        ),
        _paying_nobody,
        "created_at",
        "stores.store",
    ),
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
