"""The robots of group chats, one file each: every module of this package registers its class (docs/adr/0016).

base is the port: how each is asked, and how its answers are read.
"""

from common.registry import import_files
from notices.robots.base import ROBOTS, GroupRobot, register

__all__ = ["ROBOTS", "GroupRobot", "register", "robot_choices"]

import_files(__name__, __path__)


def robot_choices() -> list[tuple[str, str]]:
    """Every chat by its name, with what people call it."""
    return [(name, str(robot.label)) for name, robot in ROBOTS.items()]
