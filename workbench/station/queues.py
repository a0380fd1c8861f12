"""What waits for the warehouse of parcels that nobody announced."""

from django.utils.translation import gettext_lazy as _

from refunds.states import UnclaimedStatus
from workbench.kit.queue import Queue

UNCLAIMED_QUEUES = [
    Queue(
        "waiting",
        _("Unclaimed"),
        lambda rows, now: rows.filter(status=UnclaimedStatus.WAITING),
        ("due_at", "-id"),
        _("Every parcel has found its refund."),
        "deployed_code_alert",
        "amber",
    ),
    Queue(
        "overdue",
        _("Overdue"),
        lambda rows, now: rows.filter(status=UnclaimedStatus.WAITING, due_at__lte=now),
        ("due_at", "-id"),
        _("No parcel has waited too long."),
        "running_with_errors",
        "red",
        on_overview=False,
    ),
    Queue(
        "matched",
        _("Found their refund"),
        lambda rows, now: rows.filter(status=UnclaimedStatus.MATCHED),
        ("-ended_at", "-id"),
        _("No unclaimed parcel has found its refund yet."),
        on_overview=False,
    ),
    Queue(
        "ended",
        _("Sent back or written off"),
        lambda rows, now: rows.filter(status__in=[UnclaimedStatus.SENT_BACK, UnclaimedStatus.WRITTEN_OFF]),
        ("-ended_at", "-id"),
        _("No unclaimed parcel was sent back or written off."),
        on_overview=False,
    ),
    Queue("all", _("All"), lambda rows, now: rows, empty=_("The station has met no parcel that nobody announced.")),
]
