"""Where robots are and what they are signed with: sealed at rest, and shown to nobody again.

Whoever knows the address of a robot can write to the group, so it is kept as a secret is.
"""

from urllib.parse import parse_qsl, quote_plus, urlsplit

from common.sealing import keeps_sealed, seal, unseal
from notices.models import Robot

SHORTEST = 8  # of what is a secret in an address; what is shorter is a word of its path


def keep_address(robot: Robot, *, url: str, secret: str) -> None:
    """Set both on the robot, to be saved. Refused `keys_missing` where this installation can't seal."""
    robot.sealed = seal({"url": url, "secret": secret})


def kept_address(robot: Robot) -> tuple[str, str]:
    """The robot's address and its secret, empty without one."""
    kept = unseal(robot.sealed)
    return kept["url"], kept["secret"]


def without_secrets(said: str, url: str, secret: str) -> str:
    """A robot's answer without what it was called with: its secret, and whatever of the address isn't its host.

    People read what it says. A chat, or what answers in its place, may say that again.
    """
    parts = urlsplit(url)
    told = {*parts.path.split("/"), *(value for _name, value in parse_qsl(parts.query))}
    hidden = {part for part in told if len(part) >= SHORTEST} | ({secret} if secret else set())
    for part in sorted(hidden, key=len, reverse=True):
        said = said.replace(part, "…").replace(quote_plus(part), "…")
    return said


keeps_sealed(Robot, "sealed")
