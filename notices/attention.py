"""What of notices waits for whoever looks after the platform."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from notices.models import Robot
from notices.states import RobotStatus, RobotTrouble

FAILING_FOR = timedelta(hours=1)  # before that the chat may be back by itself


def _in_trouble() -> QuerySet[Robot]:
    """Robots that aren't called any more, but for those that a person has paused, and those that fail for an hour."""
    stopped = Q(status=RobotStatus.PAUSED) & ~Q(paused_for=RobotTrouble.BY_HAND)
    failing = Q(status=RobotStatus.ACTIVE, failing_since__lte=Now() - FAILING_FOR)
    since = Coalesce("failing_since", "told_at", "created_at")
    return Robot.objects.existing().filter(stopped | failing).annotate(troubled_since=since)


ATTENTION = (
    Attention(
        "robots",
        _("Group robots that tell nothing"),
        _("Its page says what the chat answered. Tell the store's owner what to set right there, or try again."),
        _in_trouble,
        "troubled_since",
        "notices.robot",
    ),
)
