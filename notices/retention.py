"""What of this room goes after a while: the news. What happened stays on record as an event."""

from django.utils.translation import gettext_lazy

from common.retention import Retention
from notices.models import DeskNotice, NoticeCopy, NoticeRead

DESK_NOTICES = Retention(
    "old notices forgotten",
    gettext_lazy("Notices to people of stores, with their copies"),
    DeskNotice,
    "created_at",
    "KEEP_DESK_NOTICES_DAYS",
    parts=((NoticeCopy, "notice"), (NoticeRead, "notice")),
)
RETENTIONS = (DESK_NOTICES,)


def forget_notices() -> int:
    """Delete a batch of notices that nobody looks at any more, with their copies; returns how many."""
    return DESK_NOTICES.step()
