from enum import StrEnum


class ProgrammeEnum(StrEnum):
    RETURNLESS = "returnless"

    def __str__(self) -> str:
        return str(self.value)
