"""What of the payments waits for a person."""

from django.utils.translation import gettext_lazy as _

from workbench.kit.queue import Queue

PAYMENT_QUEUES = [
    Queue("all", _("All"), lambda rows, now: rows, empty=_("No payments yet.")),
    Queue(
        "attention",
        _("Needs attention"),
        lambda rows, now: rows.in_attention(),
        empty=_("Every payment goes its way."),
    ),
]
