from enum import StrEnum


class DueActionEnum(StrEnum):
    APPROVE = "approve"
    CLOSE = "close"
    REFUND = "refund"

    def __str__(self) -> str:
        return str(self.value)
