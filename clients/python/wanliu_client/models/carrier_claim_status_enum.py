from enum import StrEnum


class CarrierClaimStatusEnum(StrEnum):
    OPEN = "open"
    PAID = "paid"
    REFUSED = "refused"

    def __str__(self) -> str:
        return str(self.value)
