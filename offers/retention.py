"""What of this room goes after a while: bulk sendings that are finished. The offers that they sent stay."""

from django.utils.translation import gettext_lazy

from common.retention import Retention
from offers.models import BulkJob, BulkRow

BULK_JOBS = Retention(
    "bulk sendings forgotten",
    gettext_lazy("Bulk sendings that are finished"),
    BulkJob,
    "finished_at",
    "KEEP_BULK_JOBS_DAYS",
    parts=((BulkRow, "job"),),
    batch=20,
)
RETENTIONS = (BULK_JOBS,)
