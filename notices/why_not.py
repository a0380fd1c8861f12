"""Why something can't be done to a robot now."""

from django.utils.translation import gettext as _

from common.errors import Refused
from notices.models import Robot
from notices.states import RobotStatus
from stores.models import Store

MOST_ROBOTS = 10


def why_not_add_robot(store: Store) -> Refused | None:
    """A store has few groups: each is told of everything that it wants to hear."""
    if Robot.objects.for_store(store.pk).existing().count() < MOST_ROBOTS:
        return None
    detail = _("A store has at most %(most)d group robots: delete one first.")
    return Refused("too_many_robots", detail % {"most": MOST_ROBOTS})


def why_not_pause_robot(robot: Robot) -> Refused | None:
    """What is paused can't be paused."""
    if robot.status == RobotStatus.ACTIVE:
        return None
    return Refused("invalid_transition", _("The robot is paused already."))


def why_not_resume_robot(robot: Robot) -> Refused | None:
    """What is called needs no resuming."""
    if robot.status == RobotStatus.PAUSED:
        return None
    return Refused("invalid_transition", _("The robot is active already."))


def why_not_test_robot(robot: Robot) -> Refused | None:
    """What isn't called can't be tried."""
    if robot.status == RobotStatus.ACTIVE:
        return None
    return Refused("robot_paused", _("The robot is paused: set right what is wrong, and have it called again first."))
