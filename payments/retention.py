"""What of this room goes after a while: gateways' notices that are done with. What they brought is on record."""

from django.utils.translation import gettext_lazy

from common.retention import Retention
from payments.models import GatewayNotice

NOTICES = Retention(
    "notices forgotten",
    gettext_lazy("Gateways' notices that are processed"),
    GatewayNotice,
    "received_at",
    "KEEP_NOTICES_DAYS",
    which=lambda rows: rows.filter(next_attempt_at=None, needs_attention=False),
)
RETENTIONS = (NOTICES,)
