"""Where robots are and what they are signed with: sealed at rest, and shown to nobody again.

Whoever knows the address of a robot can write to the group, so it is kept as a secret is.
"""

from common.sealing import keeps_sealed, seal, unseal
from notices.models import Robot


def keep_address(robot: Robot, *, url: str, secret: str) -> None:
    """Set both on the robot, to be saved. Refused `keys_missing` where this installation can't seal."""
    robot.sealed = seal({"url": url, "secret": secret})


def kept_address(robot: Robot) -> tuple[str, str]:
    """The robot's address and its secret, empty without one."""
    kept = unseal(robot.sealed)
    return kept["url"], kept["secret"]


keeps_sealed(Robot, "sealed")
