from enum import StrEnum


class ChannelEnum(StrEnum):
    GENERAL = "general"
    REFUND_RETENTION = "refund_retention"
    SMART_RETENTION = "smart_retention"

    def __str__(self) -> str:
        return str(self.value)
