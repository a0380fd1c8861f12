"""What of this room goes after a while: bulk sendings that are finished. The offers that they sent stay."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from common.actions import bookkeeping
from common.retention import Retention
from offers.models import BulkJob, BulkRow


@bookkeeping("What a bulk sending did is told by its offers.")
def _forget(jobs: Sequence[BulkJob]) -> None:
    ids = [job.pk for job in jobs]
    BulkRow.objects.filter(job__in=ids).delete()
    BulkJob.objects.filter(pk__in=ids).delete()


BULK_JOBS = Retention(
    "bulk sendings forgotten",
    gettext_lazy("Bulk sendings that are finished"),
    BulkJob,
    "finished_at",
    "KEEP_BULK_JOBS_DAYS",
    forget=_forget,
    batch=20,
)
RETENTIONS = (BULK_JOBS,)
