from enum import StrEnum


class ParcelKindEnum(StrEnum):
    EXCHANGE = "exchange"
    GIFT = "gift"
    RESHIP = "reship"

    def __str__(self) -> str:
        return str(self.value)
