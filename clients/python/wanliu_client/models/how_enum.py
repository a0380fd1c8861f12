from enum import StrEnum


class HowEnum(StrEnum):
    BOOK = "book"
    DEMAND_BACK = "demand_back"
    KEEP = "keep"
    WRITE_OFF = "write_off"

    def __str__(self) -> str:
        return str(self.value)
