from enum import StrEnum


class AppealGroundEnum(StrEnum):
    DAMAGED_GOODS = "damaged_goods"
    FAKE_RETURN = "fake_return"
    OTHER = "other"
    WRONG_GOODS = "wrong_goods"

    def __str__(self) -> str:
        return str(self.value)
