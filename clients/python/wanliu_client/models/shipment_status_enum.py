from enum import StrEnum


class ShipmentStatusEnum(StrEnum):
    ANNOUNCED = "announced"
    AWAITING_PICKUP = "awaiting_pickup"
    BACK = "back"
    CANCELLED = "cancelled"
    COMING_BACK = "coming_back"
    DELIVERED = "delivered"
    IN_TRANSIT = "in_transit"
    LOST = "lost"
    RECALL_REFUSED = "recall_refused"
    REPLACED = "replaced"

    def __str__(self) -> str:
        return str(self.value)
