from enum import StrEnum


class GoodsEnum(StrEnum):
    EXCHANGED = "exchanged"
    RECALLED = "recalled"
    STOPPED = "stopped"

    def __str__(self) -> str:
        return str(self.value)
