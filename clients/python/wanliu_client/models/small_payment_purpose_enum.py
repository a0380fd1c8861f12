from enum import StrEnum


class SmallPaymentPurposeEnum(StrEnum):
    GOODS_COMPENSATION = "goods_compensation"
    OTHER = "other"
    PRICE_DIFFERENCE = "price_difference"
    RETURN_FREIGHT = "return_freight"

    def __str__(self) -> str:
        return str(self.value)
