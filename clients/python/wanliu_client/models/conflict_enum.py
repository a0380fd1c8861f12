from enum import StrEnum


class ConflictEnum(StrEnum):
    AMOUNT = "amount"
    DECLINED_THERE = "declined_there"
    DEMANDED = "demanded"
    PAID_THERE = "paid_there"

    def __str__(self) -> str:
        return str(self.value)
