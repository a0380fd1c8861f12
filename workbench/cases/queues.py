"""What waits for the platform's person."""

from django.utils.translation import gettext_lazy as _

from workbench.kit.queue import Queue

# Disputes and appeals alike: what waits for a person, by how long evidence is still taken.
CASE_QUEUES = [
    Queue(
        "open",
        _("To be decided"),
        lambda rows, now: rows.filter(status="open"),
        ("evidence_until", "-id"),
        _("Nothing waits for the platform."),
        "gavel",
        "red",
    ),
    Queue(
        "evidence",
        _("Evidence is taken"),
        lambda rows, now: rows.filter(status="open", evidence_until__gt=now),
        ("evidence_until", "-id"),
        _("No case takes evidence right now."),
        "add_a_photo",
        "amber",
    ),
    Queue(
        "decided",
        _("Decided"),
        lambda rows, now: rows.filter(status="decided"),
        empty=_("Nothing was decided yet."),
    ),
    Queue("all", _("All"), lambda rows, now: rows, empty=_("The platform was never asked.")),
]
