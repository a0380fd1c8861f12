"""What this room's tables keep of a buyer: who asked, as the cause of news, for as long as news is kept."""

from common.personal import Holding
from notices.models import DeskNotice, NoticeCopy, NoticeMark, NoticeRead, NoticeTerms, Robot
from orders.personal import NUMBER

HOLDINGS = (
    Holding(
        DeskNotice,
        kept={"order_number": NUMBER, "by": "who caused it, a buyer by their id; it is gone with the notice"},
        nobody=("kind", "roles", "name", "subject_type", "refund_kind", "about"),
        passing="KEEP_DESK_NOTICES_DAYS",
    ),
    Holding(NoticeCopy, nobody=("error",)),
    Holding(NoticeMark),
    Holding(NoticeRead),
    Holding(NoticeTerms, nobody=("chosen",)),
    Holding(Robot, nobody=("platform", "name", "host", "sealed", "keyword", "kinds", "said", "last_error", "sent_at")),
)
