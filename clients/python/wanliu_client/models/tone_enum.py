from enum import StrEnum


class ToneEnum(StrEnum):
    BAD = "bad"
    GOOD = "good"
    NEUTRAL = "neutral"
    NOTE = "note"
    WARNING = "warning"

    def __str__(self) -> str:
        return str(self.value)
