"""What waits for a person who looks after the platform, and what they do about it.

A room names its kinds in `<room>/attention.py` (ATTENTION). The desk's page *Needs attention* shows them, `/metrics`
counts them, and deploy/alerts.yaml rings for them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.declared import declared
from common.models import Setback


@dataclass(frozen=True)
class Attention:
    """A kind of rows that wait: `since` is the column of the instant from which on, `todo` what a person does.

    The desk's list is that of the model `listed` (`payments.payment`), at its tab `tab`. `code` is for figures.
    """

    code: str
    label: str
    todo: str
    rows: Callable[[], models.QuerySet]
    since: str
    listed: str
    tab: str = ""


ATTENTION = (
    Attention(
        "setbacks",
        _("Setbacks of sweeps"),
        _("Read the error, have the cause mended, then let the sweep try again."),
        lambda: Setback.objects.filter(needs_attention=True),
        "since",
        "common.setback",
    ),
)


def kinds_of_attention() -> list[Attention]:
    """Those of every room, the lowest first."""
    return list(declared("attention", "ATTENTION"))
