from enum import StrEnum


class DisputeStatusEnum(StrEnum):
    DECIDED = "decided"
    OPEN = "open"
    WITHDRAWN = "withdrawn"

    def __str__(self) -> str:
        return str(self.value)
