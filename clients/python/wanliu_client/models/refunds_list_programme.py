from enum import StrEnum


class RefundsListProgramme(StrEnum):
    RETURNLESS = "returnless"

    def __str__(self) -> str:
        return str(self.value)
