"""What of offers waits for whoever looks after the platform."""

from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from offers.models import BulkRow

ATTENTION = (
    Attention(
        "bulk_rows",
        _("Offers of bulk sendings that couldn't be sent"),
        _("Open the sending: each row says why. Once the cause is mended, send to these refunds again."),
        lambda: BulkRow.objects.filter(needs_attention=True),
        "job__created_at",
        "offers.bulkjob",
    ),
)
