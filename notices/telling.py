"""One notice for whom it concerns: who sees it in the desk, and the copies that go out by e-mail and robots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Coalesce, Least, Now

from common.actions import bookkeeping
from notices.kinds import AGENT, OWNER, NoticeKind
from notices.models import BELL, EMAIL, DeskNotice, NoticeCopy, NoticeTerms, Robot
from notices.quiet import wait_of
from notices.states import RobotStatus, RobotTrouble
from stores.models import Membership

AT_ONCE = 1000


@dataclass(frozen=True)
class News:
    """A notice to be made: who sees to its refund, if somebody does, and who is told whatever was chosen."""

    kind: NoticeKind
    notice: DeskNotice
    assignee: int | None = None
    only_roles: tuple[str, ...] | None = None  # of the chosen roles these alone


class Audience:
    """The people and robots of a store; two statements."""

    def __init__(self, terms: NoticeTerms):
        self.terms = terms
        members = Membership.objects.for_store(terms.store_id).filter(user__is_active=True)
        self.members = list(members.select_related("user").order_by("pk"))
        robots = Robot.objects.for_store(terms.store_id).existing().exclude(paused_for=RobotTrouble.BY_HAND)
        self.robots = list(robots.order_by("pk"))

    def address(self, news: News) -> None:
        """Say on the notice who sees it in the desk."""
        roles, person = self._reached(news, BELL)
        news.notice.roles, news.notice.person_id = roles, person

    def mailed(self, news: News) -> list[int]:
        """The users who get it by e-mail; nobody hears of what they did themselves."""
        if not settings.MAIL_IS_SET_UP:
            return []
        roles, person = self._reached(news, EMAIL)
        reached = (each for each in self.members if each.role in roles or each.user_id == person)
        return [m.user_id for m in reached if m.user.email and f"user:{m.user_id}" != news.notice.by]

    def _with_stand_ins(self, roles: list[str]) -> list[str]:
        """Owners stand in for a role that nobody has: a small store's owner is its agent and its warehouse."""
        there = {member.role for member in self.members}
        return [*roles, *([OWNER] if OWNER not in roles and not there.issuperset(roles) else [])]

    def _reached(self, news: News, channel: str) -> tuple[list[str], int | None]:
        """The roles and the person that `channel` reaches. Whoever sees to a refund stands for all agents."""
        kind, chosen = news.kind, self.terms.roles(news.kind, channel)
        roles = chosen if news.only_roles is None else [role for role in chosen if role in news.only_roles]
        chosen, roles = self._with_stand_ins(chosen), self._with_stand_ins(roles)
        assignee = next((each for each in self.members if each.user_id == news.assignee), None)
        if assignee is None or not kind.to_assignee:
            return roles, None
        if kind.is_personal:
            return [], assignee.user_id if channel == BELL else None
        if assignee.role not in chosen:
            return roles, None
        return [role for role in roles if role not in (AGENT, assignee.role)], assignee.user_id


def is_mailed(terms: NoticeTerms, kind: NoticeKind, role: str | None) -> bool:
    """Whether somebody with this role in the store, None for nobody's, may still get such a notice by e-mail."""
    chosen = terms.roles(kind, EMAIL)
    return role in chosen or (role == OWNER and bool(chosen))


@bookkeeping("What people are told follows from events and deadlines, which are on record.")
def write_notices(terms: NoticeTerms, audience: Audience, found: Sequence[News], *, at: datetime) -> None:
    """Write these notices and their copies; `at` is everybody's instant, by which copies wait."""
    for news in found:
        audience.address(news)
    DeskNotice.objects.bulk_create([news.notice for news in found], batch_size=AT_ONCE)
    copies: list[NoticeCopy] = []
    soonest: dict[Robot, timedelta] = {}
    for news in found:
        wait = wait_of(terms, is_urgent=news.kind.is_urgent, at=at)
        common = {"store_id": terms.store_id, "notice": news.notice, "due_at": _after(wait)}
        copies += [NoticeCopy(person_id=user_id, **common) for user_id in audience.mailed(news)]
        for robot in audience.robots:
            if robot.wants(news.kind) and not _is_its_own_end(robot, news.notice):
                copies.append(NoticeCopy(robot=robot, **common))
                soonest[robot] = min(wait, soonest.get(robot, wait))
    NoticeCopy.objects.bulk_create(copies, batch_size=AT_ONCE)
    for wait in set(soonest.values()):
        wake([robot.pk for robot, own in soonest.items() if own == wait], after=wait)


@bookkeeping("When a robot is due follows from what it is to tell.")
def wake(robot_ids: Sequence, *, after: timedelta) -> None:
    """Have these robots be due after that time at the latest. One that fails keeps the pause it has."""
    due = _after(after)
    sooner = Least(Coalesce(F("next_attempt_at"), due), due)
    rests = (Q(failures__gt=0) | ~Q(last_error="")) & Q(next_attempt_at__isnull=False)
    waits = Case(When(rests, then=F("next_attempt_at")), default=sooner)
    Robot.objects.active().filter(pk__in=robot_ids).update(next_attempt_at=waits)


def _is_its_own_end(robot: Robot, notice: DeskNotice) -> bool:
    """That a robot isn't called any more is for the other groups, not for its own once it is called again."""
    return notice.subject_type == "robot" and robot.status == RobotStatus.PAUSED


def _after(wait: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(Now() + Value(wait), output_field=DateTimeField())
