from enum import StrEnum


class PausedForEnum(StrEnum):
    BY_HAND = "by_hand"
    DEAD = "dead"
    GONE = "gone"

    def __str__(self) -> str:
        return str(self.value)
