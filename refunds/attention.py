"""What of refunds waits for whoever looks after the platform."""

from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from refunds.models import EvidencePack

ATTENTION = (
    Attention(
        "packs",
        _("Evidence packs that couldn't be made"),
        _("Find the pack's line in the worker's log; once the cause is mended, ask for the pack anew on the dispute."),
        lambda: EvidencePack.objects.filter(needs_attention=True),
        "asked_at",
        "refunds.dispute",
    ),
)
