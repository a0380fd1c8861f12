from enum import StrEnum


class OrdersListTag(StrEnum):
    DELAYED = "delayed"
    LATE = "late"
    PRIORITY_SHIPPING = "priority_shipping"
    SOON_LATE = "soon_late"
    URGED = "urged"

    def __str__(self) -> str:
        return str(self.value)
