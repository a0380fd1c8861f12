from enum import StrEnum


class SideEnum(StrEnum):
    BUYER = "buyer"
    MERCHANT = "merchant"

    def __str__(self) -> str:
        return str(self.value)
