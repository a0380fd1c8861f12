from enum import StrEnum


class ParcelsListStatus(StrEnum):
    AWAITING_RETURN = "awaiting_return"
    CANCELLED = "cancelled"
    OWED = "owed"
    SHIPPED = "shipped"

    def __str__(self) -> str:
        return str(self.value)
