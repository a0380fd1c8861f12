from enum import StrEnum


class DelayReportStatusEnum(StrEnum):
    LIFTED = "lifted"
    OPEN = "open"
    OVERDUE = "overdue"

    def __str__(self) -> str:
        return str(self.value)
