from enum import StrEnum


class ParcelsListKind(StrEnum):
    EXCHANGE = "exchange"
    GIFT = "gift"
    RESHIP = "reship"

    def __str__(self) -> str:
        return str(self.value)
