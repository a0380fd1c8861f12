"""What of refunds waits for whoever looks after the platform."""

from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from refunds.models import DecisionRow, EvidencePack, UnclaimedParcel
from refunds.states import RefundStatus, UnclaimedStatus

ATTENTION = (
    Attention(
        "packs",
        _("Evidence packs that couldn't be made"),
        _("Find the pack's line in the worker's log; once the cause is mended, ask for the pack anew on the dispute."),
        lambda: EvidencePack.objects.filter(needs_attention=True),
        "asked_at",
        "refunds.dispute",
    ),
    Attention(
        "unclaimed",
        _("Unclaimed parcels whose time has passed"),
        _("Ask the store's warehouse: the parcel belongs to a refund, goes back, or is written off."),
        lambda: UnclaimedParcel.objects.filter(status=UnclaimedStatus.WAITING, overdue_at__isnull=False),
        "overdue_at",
        "refunds.unclaimedparcel",
        "overdue",
    ),
    Attention(
        "decision_rows",
        _("Refunds of bulk decisions that couldn't be decided"),
        _("Read the row's line in the worker's log, have the cause mended; the store decides the refund on its page."),
        lambda: DecisionRow.objects.filter(
            needs_attention=True, refund__status=RefundStatus.AWAITING_MERCHANT, refund__decision_sent=""
        ),
        "job__created_at",
        "refunds.decisionjob",
    ),
)
