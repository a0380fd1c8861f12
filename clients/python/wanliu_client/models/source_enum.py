from enum import StrEnum


class SourceEnum(StrEnum):
    DISTRIBUTION = "distribution"
    OWN = "own"
    THIRD_PARTY = "third_party"

    def __str__(self) -> str:
        return str(self.value)
