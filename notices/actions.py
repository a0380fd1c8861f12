"""What owners do about notices: group robots, and who is told of what."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from common import clock
from common.actions import action
from common.actors import Actor
from common.changes import changes_of
from common.errors import Invalid, NotFound, refuse_if
from common.events import EventType
from common.models import Event
from common.writes import WriteSet
from notices.events import (
    NOTICE_TERMS_SET,
    ROBOT_ADDED,
    ROBOT_CHANGED,
    ROBOT_DELETED,
    ROBOT_PAUSED,
    ROBOT_RESUMED,
    ROBOT_TESTED,
)
from notices.kinds import KINDS, ROBOT_KINDS, TEST
from notices.models import CHANNELS, DeskNotice, NoticeCopy, NoticeTerms, Robot
from notices.planning import terms_from
from notices.robots import ROBOTS
from notices.secrets import keep_address, kept_address
from notices.states import Gathering, RobotStatus, RobotTrouble
from notices.why_not import why_not_add_robot, why_not_pause_robot, why_not_resume_robot, why_not_test_robot
from stores.models import Store
from webhooks.addresses import Forbidden, check_url, target_of

LONGEST_ADDRESS = 380  # a signature is added to it
LONGEST_SECRET = 200
STATUS_FIELDS = ("status", "paused_for", "failures", "failing_since", *Robot.WORK_FIELDS)


@action
def add_robot(
    *,
    store: Store,
    platform: str,
    name: str,
    url: str,
    secret: str = "",
    keyword: str = "",
    kinds: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> Robot:
    """Tell a group of what happens from now on; returns its robot. Address and secret are shown to nobody again.

    Invalid `platform`, `url` for an address that isn't public or is another chat's, `secret` where the chat checks
    none, `kinds`; Refused `too_many_robots`.
    """
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    refuse_if(why_not_add_robot(store))
    robot = Robot(store=store, platform=platform, name=name, keyword=keyword, kinds=_kinds(kinds), created_at=now)
    _place(robot, url.strip(), secret.strip())
    robot.save(force_insert=True)
    _record(ROBOT_ADDED, robot, actor, now, kinds=robot.kinds, **_named(robot))
    return robot


@action
def change_robot(*, store_id: int, robot_id: UUID, changes: dict[str, Any], actor: Actor, now: datetime) -> Robot:
    """Change `name`, `keyword`, `kinds`, `url` or `secret`; returns the robot. NotFound; Invalid as for a new one.

    An address or a secret that is left out, or empty, stays as it is. What was wrong with the robot may be right by
    now: it is called again, unless a person has paused it.
    """
    robot = lock_robot(store_id, robot_id)
    if "kinds" in changes:
        changes = {**changes, "kinds": _kinds(changes["kinds"])}
    plain = {field: value for field, value in changes.items() if field in ("name", "keyword", "kinds")}
    before = robot.host
    changed: dict[str, Any] = changes_of(robot, plain)
    url, secret = changes.get("url", "").strip(), changes.get("secret", "").strip()
    if url or secret:
        old_url, old_secret = kept_address(robot)
        _place(robot, url or old_url, secret or old_secret)
        changed["has_new_secret"] = True
    if robot.host != before:
        changed["host"] = [before, robot.host]
    if not changed:
        return robot
    robot.save(update_fields=[*plain, "host", "sealed"])
    _record(ROBOT_CHANGED, robot, actor, now, **changed)
    if robot.status == RobotStatus.PAUSED and robot.paused_for != RobotTrouble.BY_HAND:
        return _resume(robot, actor, now)
    return robot


@action
def pause_robot(
    *, store_id: int, robot_id: UUID, reason: RobotTrouble = RobotTrouble.BY_HAND, actor: Actor, now: datetime
) -> Robot:
    """Tell the group nothing more. NotFound; Refused `invalid_transition`."""
    robot = lock_robot(store_id, robot_id)
    refuse_if(why_not_pause_robot(robot))
    robot.status, robot.paused_for = RobotStatus.PAUSED, reason
    robot.plan(None)
    robot.save(update_fields=STATUS_FIELDS)
    _record(ROBOT_PAUSED, robot, actor, now, reason=reason, **_named(robot))
    return robot


@action
def resume_robot(*, store_id: int, robot_id: UUID, actor: Actor, now: datetime) -> Robot:
    """Tell the group again, first of what has waited. NotFound; Refused `invalid_transition`."""
    robot = lock_robot(store_id, robot_id)
    refuse_if(why_not_resume_robot(robot))
    return _resume(robot, actor, now)


def _resume(robot: Robot, actor: Actor, now: datetime) -> Robot:
    robot.status, robot.paused_for = RobotStatus.ACTIVE, ""
    robot.failures, robot.failing_since = 0, None
    robot.make_due()
    robot.save(update_fields=STATUS_FIELDS)
    _record(ROBOT_RESUMED, robot, actor, now, **_named(robot))
    return robot


@action
def send_test_message(*, store_id: int, robot_id: UUID, actor: Actor, now: datetime) -> Robot:
    """Tell the group that it can be reached: within seconds, also in quiet hours. NotFound; Refused `robot_paused`."""
    robot = lock_robot(store_id, robot_id)
    refuse_if(why_not_test_robot(robot))
    notice = DeskNotice(store_id=store_id, kind=TEST, by=actor.id, at=now, created_at=clock.wall())
    notice.save(force_insert=True)
    NoticeCopy(store_id=store_id, notice=notice, robot=robot, due_at=Now()).save(force_insert=True)
    robot.next_attempt_at = Now()
    robot.save(update_fields=["next_attempt_at"])
    _record(ROBOT_TESTED, robot, actor, now, **_named(robot))
    return robot


@action
def delete_robot(*, store_id: int, robot_id: UUID, actor: Actor, now: datetime) -> None:
    """Tell the group nothing more, and forget its address and secret. NotFound."""
    robot = lock_robot(store_id, robot_id)
    robot.deleted_at, robot.sealed = now, ""
    robot.plan(None)
    robot.save(update_fields=["deleted_at", "sealed", *Robot.WORK_FIELDS])
    _record(ROBOT_DELETED, robot, actor, now, **_named(robot))


@action
def set_notice_terms(*, store: Store, changes: Mapping[str, Any], actor: Actor, now: datetime) -> NoticeTerms:
    """Say who is told of what, and when; returns how the store is told from now on.

    `chosen` is kind → channel → roles; `quiet_from` and `quiet_until` are times or None; `gathering`;
    `tells_before` a timedelta or None; `language`. What is left out stays. Invalid for what can't be chosen.
    """
    terms = lock_terms(store)
    wanted = dict(changes)
    if "chosen" in wanted:
        wanted["chosen"] = _chosen(wanted["chosen"])
    changed = changes_of(terms, wanted)
    _check_terms(terms)
    if changed:
        terms.save(update_fields=list(changed))
        writes = WriteSet()
        writes.event(NOTICE_TERMS_SET, terms, topic=store, at=now, actor=actor, **_facts(changed))
        writes.flush()
    return terms


def _check_terms(terms: NoticeTerms) -> None:
    if (terms.quiet_from is None) != (terms.quiet_until is None) or (
        terms.quiet_from is not None and terms.quiet_from == terms.quiet_until
    ):
        raise Invalid("quiet_until", _("Write from when until when it is quiet, two different times, or neither."))
    if terms.gathering not in Gathering.values:
        raise Invalid("gathering", _("Choose when e-mails and robots tell what isn't urgent."), "invalid_choice")


def _facts(changed: dict[str, list]) -> dict[str, list]:
    """What the event says of it."""
    facts = {
        field: [value.strftime("%H:%M") if value else "" for value in pair] if field.startswith("quiet") else pair
        for field, pair in changed.items()
    }
    if "tells_before" in facts:
        facts["hours_before"] = [int(each / timedelta(hours=1)) if each else 0 for each in facts.pop("tells_before")]
    return facts


def lock_terms(store: Store) -> NoticeTerms:
    """How the store is told, locked; made where it has never chosen."""
    rows = NoticeTerms.objects.for_store(store.pk).select_for_update(no_key=True)
    terms = rows.first()
    if terms is None:
        last = Event.objects.for_store(store.pk).aggregate(last=Max("pk"))["last"] or 0
        NoticeTerms.objects.bulk_create([terms_from(store, last)], ignore_conflicts=True)
        terms = rows.get()
    return terms


def lock_robot(store_id: int, robot_id: UUID) -> Robot:
    """The robot, locked. NotFound for one that is deleted."""
    rows = Robot.objects.for_store(store_id).existing().timed().select_for_update(no_key=True)
    robot = rows.filter(pk=robot_id).first()
    if robot is None:
        raise NotFound
    return robot


def _place(robot: Robot, url: str, secret: str) -> None:
    """Set the robot's address and secret, once nothing speaks against them."""
    kind = ROBOTS.get(robot.platform)
    if kind is None:
        raise Invalid("platform", _("Choose the chat that the group is in."), "invalid_choice")
    if secret and not kind.signs:
        raise Invalid("secret", _("Robots of %(chat)s check no secret: leave it empty.") % {"chat": kind.label})
    if len(url) > LONGEST_ADDRESS:
        raise Invalid("url", _("An address of a robot has at most %(most)d characters.") % {"most": LONGEST_ADDRESS})
    check_url(url)
    try:
        host = target_of(url).host
    except Forbidden:  # looked at just now
        raise Invalid("url", _("Copy the address from the robot's settings.")) from None
    others = (other for other in ROBOTS.values() if host in other.hosts and other.name != kind.name)
    if (other := next(others, None)) is not None:
        detail = _("This is an address of %(other)s: choose %(other)s as the chat.")
        raise Invalid("url", detail % {"other": other.label})
    robot.host = host
    keep_address(robot, url=url, secret=secret)


def _kinds(codes: Sequence[str]) -> list[str]:
    known = [kind.code.value for kind in ROBOT_KINDS]
    if unknown := sorted(set(codes) - set(known)):
        detail = _("A group can't be told of: %(kinds)s.")
        raise Invalid("kinds", detail % {"kinds": ", ".join(unknown)}, "invalid_choice")
    return [code for code in known if code in codes]


def _chosen(wanted: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, list[str]]]:
    """The choice, checked: known kinds, channels, and roles that may be told."""
    for code, channels in wanted.items():
        kind = KINDS.get(code)
        told = {role for roles in channels.values() for role in roles}
        if kind is None or set(channels) - set(CHANNELS) or told - set(kind.possible_roles):
            raise Invalid("chosen", _("Choose among the roles that may be told of this."), "invalid_choice")
    return {
        code: {channel: sorted(channels.get(channel, ())) for channel in CHANNELS} for code, channels in wanted.items()
    }


def _named(robot: Robot) -> dict[str, str]:
    return {"name": robot.name, "platform": robot.platform}


def _record(event: EventType, robot: Robot, actor: Actor, now: datetime, **facts) -> None:
    writes = WriteSet()
    writes.event(event, robot, topic=robot, at=now, actor=actor, **facts)
    writes.flush()
