"""Who did it: a value that every action takes and every event keeps."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """On whose behalf something is done."""

    MERCHANT = "merchant"
    BUYER = "buyer"
    PLATFORM = "platform"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """`id` tells which user or key it was; `label` is what people read."""

    kind: ActorKind
    id: str = ""
    label: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.label or self.id}" if (self.label or self.id) else str(self.kind)


SYSTEM = Actor(ActorKind.SYSTEM)


def on_command_line(command: str) -> Actor:
    """The operator who runs the management command of this name."""
    return Actor(ActorKind.OPERATOR, f"command:{command}", command)
