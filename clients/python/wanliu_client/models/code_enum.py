from enum import StrEnum


class CodeEnum(StrEnum):
    OF_ANOTHER_BUYER = "of_another_buyer"
    SENT_OUT = "sent_out"
    SHARED = "shared"
    SILENT = "silent"

    def __str__(self) -> str:
        return str(self.value)
