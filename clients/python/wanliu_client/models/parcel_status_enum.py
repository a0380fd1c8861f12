from enum import StrEnum


class ParcelStatusEnum(StrEnum):
    AWAITING_RETURN = "awaiting_return"
    CANCELLED = "cancelled"
    OWED = "owed"
    SHIPPED = "shipped"

    def __str__(self) -> str:
        return str(self.value)
