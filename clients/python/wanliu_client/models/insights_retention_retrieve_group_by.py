from enum import StrEnum


class InsightsRetentionRetrieveGroupBy(StrEnum):
    AGENT = "agent"
    DAY = "day"
    METHOD = "method"
    REASON = "reason"

    def __str__(self) -> str:
        return str(self.value)
