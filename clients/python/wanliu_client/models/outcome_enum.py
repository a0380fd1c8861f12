from enum import StrEnum


class OutcomeEnum(StrEnum):
    BUYER = "buyer"
    MERCHANT = "merchant"
    SPLIT = "split"

    def __str__(self) -> str:
        return str(self.value)
