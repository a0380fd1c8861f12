from enum import StrEnum


class OrderStatusEnum(StrEnum):
    CANCELLED = "cancelled"
    DELIVERED = "delivered"
    SHIPPED = "shipped"
    UNSHIPPED = "unshipped"

    def __str__(self) -> str:
        return str(self.value)
