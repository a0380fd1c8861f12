from enum import StrEnum


class ReasonEnum(StrEnum):
    CHANGED_MIND = "changed_mind"
    MINOR_FLAW = "minor_flaw"
    MISSING_PARTS = "missing_parts"
    NOT_AS_DESCRIBED = "not_as_described"
    NOT_DELIVERED = "not_delivered"
    NO_REASON_7D = "no_reason_7d"
    OTHER = "other"
    PACKAGING_DAMAGED = "packaging_damaged"
    PARCEL_LOST = "parcel_lost"
    QUALITY = "quality"
    SELLER_DELAY = "seller_delay"
    SLOW_LOGISTICS = "slow_logistics"
    WRONG_ADDRESS = "wrong_address"
    WRONG_ITEM = "wrong_item"
    WRONG_PURCHASE = "wrong_purchase"

    def __str__(self) -> str:
        return str(self.value)
