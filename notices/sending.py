"""One robot's turn: whoever holds its lease tells the group what is due, all of it in one message.

take up → count the message → commit → ask → record. Whoever dies after asking sends it again: a group that reads
something twice is better off than one that never does. A chat takes so many messages a minute: they are counted before
they are sent, and what comes meanwhile is told together with what waits.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Min, Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.actions import bookkeeping
from common.actors import SYSTEM
from common.broken import broken
from common.callees import CalleeLost, held_callee, take_up_callee
from common.errors import told_safely
from common.obligations import MAX_ATTEMPTS
from common.tenancy import tenant_scope
from common.workers import in_turn
from notices.actions import pause_robot
from notices.kinds import TEST
from notices.models import NoticeCopy, NoticeTerms, Robot
from notices.robots import ROBOTS
from notices.robots.base import GroupLine, GroupMessage, RobotAnswer, RobotVerdict
from notices.secrets import kept_address, without_secrets
from notices.states import CopyError, CopyStatus, RobotTrouble
from notices.wording import words_of
from webhooks.wire import CallAnswer, post

log = logging.getLogger("wanliu.notices")

TURN_S = 20
GIVEN_UP_AFTER = timedelta(days=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
SLOWER_FOR = timedelta(minutes=1)
A_MINUTE = timedelta(seconds=65)  # as the chat's clock may count it
TOGETHER = 200  # notices that one message stands for
MOST_LINES = 15
HEADERS = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Wanliu-Notices/1", "Connection": "close"}
_NO_ACT = "What came of a message is written on its copies; what it tells of is on record."


def call_robots(*, ids: Sequence[UUID] | None = None) -> int:
    """Take up one robot that is due (of these, if given) and give it its turn; returns how many: 0 or 1.

    Safe to run anywhere, any number of times, and to kill at any moment.
    """
    taken = take_up_callee(Robot, ids)
    in_turn(taken, _turn)
    return len(taken)


def _turn(robot: Robot) -> None:
    ends_at = monotonic() + TURN_S
    pause = None
    try:
        while pause is None and monotonic() < ends_at:
            copies = _next(robot)
            if not copies:
                break
            pause = _tell(robot, copies)
        _rest(robot, pause or timedelta())
    except CalleeLost:
        log.info("robot %s is another worker's by now, or nobody's", robot.pk)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        log.error("robot %s: %s", robot.pk, told_safely(error))
        _put_aside(robot, broken(error))


def _next(robot: Robot) -> list[NoticeCopy]:
    """What goes out in one message: a test alone and first, else all that is due. Nothing while the minute is full."""
    with transaction.atomic(), tenant_scope(robot.store_id):
        return _count(robot)


@bookkeeping(_NO_ACT)
def _count(robot: Robot) -> list[NoticeCopy]:
    mine = held_callee(robot)
    waiting = NoticeCopy.objects.for_store(mine.store_id).filter(robot=mine, status=CopyStatus.WAITING)
    waiting.filter(notice__created_at__lt=clock.wall() - GIVEN_UP_AFTER).update(
        status=CopyStatus.FAILED, error=CopyError.TOO_OLD
    )
    if mine.kinds:
        unwanted = waiting.exclude(notice__kind__in=[*mine.kinds, TEST])
        unwanted.update(status=CopyStatus.FAILED, error=CopyError.NOT_WANTED)
    if _full_until(mine) is not None:
        return []
    due = waiting.filter(due_at__lte=Now()).select_related("notice").order_by("notice")
    copies = list(due.filter(notice__kind=TEST)[:1] or due[:TOGETHER])
    if copies:
        most = ROBOTS[mine.platform].most_a_minute
        mine.sent_at = [*mine.sent_at, mine.database_now][-most:]
        mine.save(update_fields=["sent_at"])
    return copies


def _full_until(robot: Robot) -> datetime | None:
    """Until when the chat takes no more, as many as it takes a minute having been sent; None when it does."""
    most = ROBOTS[robot.platform].most_a_minute
    if len(robot.sent_at) < most or robot.sent_at[-most] + A_MINUTE <= robot.database_now:
        return None
    return robot.sent_at[-most] + A_MINUTE


def message_for(robot: Robot, copies: Sequence[NoticeCopy]) -> GroupMessage:
    """What the group reads, in its store's language: what is urgent first."""
    notices = sorted((copy.notice for copy in copies), key=lambda notice: (not notice.is_urgent, notice.pk))
    for notice in notices:
        notice.store = robot.store
    words = [words_of(notice) for notice in notices[:MOST_LINES]]
    title = robot.store.name
    if len(notices) > 1:
        count = ngettext("%(count)d notice", "%(count)d notices", len(notices)) % {"count": len(notices)}
        title = _("%(store)s: %(notices)s") % {"store": title, "notices": count}
    lines = tuple(GroupLine(each.title, each.detail, each.url) for each in words)
    return GroupMessage(title, lines, len(notices) - len(lines), robot.keyword)


def _tell(robot: Robot, copies: Sequence[NoticeCopy]) -> timedelta | None:
    """Call the robot and write down what came of it; how long it then rests, None when it may be told more."""
    kind = ROBOTS[robot.platform]
    with tenant_scope(robot.store_id):
        url, secret = kept_address(robot)
        language = NoticeTerms.objects.for_store(robot.store_id).values_list("language", flat=True).first()
        with translation.override(language or "zh-hans"):
            message = message_for(robot, copies)
            call = kind.call(url, secret, message, clock.wall())
    answer = post(call.url, call.body, HEADERS)
    said = _read(robot, replace(answer, body=without_secrets(answer.body, call.url, secret)))
    with transaction.atomic(), tenant_scope(robot.store_id):
        return _note(robot, copies, said)


def _read(robot: Robot, answer: CallAnswer) -> RobotAnswer:
    if answer.error:
        return RobotAnswer(RobotVerdict.AGAIN, answer.error)
    return ROBOTS[robot.platform].read(answer.status or 0, answer.body)


@bookkeeping(_NO_ACT)
def _note(robot: Robot, copies: Sequence[NoticeCopy], answer: RobotAnswer) -> timedelta | None:
    mine, now = held_callee(robot), clock.wall()
    rows = NoticeCopy.objects.for_store(mine.store_id).filter(pk__in=[copy.pk for copy in copies])
    rows.update(tries=F("tries") + 1, error="" if answer.verdict == RobotVerdict.TAKEN else answer.means[:20])
    mine.said = "" if answer.verdict == RobotVerdict.TAKEN else answer.said
    if answer.verdict == RobotVerdict.TAKEN:
        rows.update(status=CopyStatus.SENT, sent_at=now)
        mine.told_at = now
    elif answer.verdict == RobotVerdict.NEVER:
        rows.update(status=CopyStatus.FAILED)
    else:
        rows.filter(notice__kind=TEST).update(status=CopyStatus.FAILED)  # has told what it can: it is tried once
    if answer.verdict == RobotVerdict.LATER:  # whatever we have counted: its minute is full
        mine.sent_at = [mine.database_now] * ROBOTS[mine.platform].most_a_minute
    if answer.verdict == RobotVerdict.AGAIN:
        mine.failures, mine.failing_since = mine.failures + 1, mine.failing_since or now
    elif answer.verdict != RobotVerdict.LATER:
        mine.failures, mine.failing_since = 0, None
    mine.save(update_fields=["said", "told_at", "sent_at", "failures", "failing_since"])
    if answer.verdict == RobotVerdict.STOP:
        _stop(mine, RobotTrouble(answer.means), now)
    elif mine.failing_since is not None and now - mine.failing_since >= GIVEN_UP_AFTER:
        _stop(mine, RobotTrouble.DEAD, now)
    return _pause_after(mine, answer.verdict)


def _stop(robot: Robot, trouble: RobotTrouble, now: datetime) -> None:
    pause_robot(store_id=robot.store_id, robot_id=robot.pk, reason=trouble, actor=SYSTEM, now=now)


def _pause_after(robot: Robot, verdict: RobotVerdict) -> timedelta | None:
    if verdict == RobotVerdict.AGAIN:
        return min(FIRST_PAUSE * 2 ** min(robot.failures - 1, 10), LONGEST_PAUSE)
    return SLOWER_FOR if verdict == RobotVerdict.LATER else None


@bookkeeping(_NO_ACT, alone=True)
def _put_aside(robot: Robot, error: str) -> None:
    """The chat isn't to blame for it, and no person can set it right at the desk: again, later each time."""
    with suppress(CalleeLost):
        mine = held_callee(robot)
        mine.attempts = min(mine.attempts, MAX_ATTEMPTS - 1)
        mine.put_off(error)
        mine.save(update_fields=Robot.WORK_FIELDS)


def _rest(robot: Robot, pause: timedelta) -> None:
    """Write down when the robot is due again, unless somebody else has it by now."""
    try:
        with transaction.atomic(), tenant_scope(robot.store_id):
            _plan(held_callee(robot), pause)
    except CalleeLost:
        return


@bookkeeping(_NO_ACT)
def _plan(mine: Robot, pause: timedelta) -> None:
    mine.attempts = 0
    waiting = NoticeCopy.objects.for_store(mine.store_id).filter(robot=mine, status=CopyStatus.WAITING)
    found = waiting.aggregate(soonest=Min("due_at"), test=Min("due_at", filter=Q(notice__kind=TEST)))
    mine.plan(None)
    if found["soonest"] is not None:
        rested = mine.database_now if found["test"] else mine.database_now + pause
        mine.next_attempt_at = max(found["soonest"], rested, _full_until(mine) or rested)
    mine.save(update_fields=Robot.WORK_FIELDS)
