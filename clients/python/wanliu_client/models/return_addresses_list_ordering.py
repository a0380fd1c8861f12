from enum import StrEnum


class ReturnAddressesListOrdering(StrEnum):
    UPDATED_AT = "updated_at"

    def __str__(self) -> str:
        return str(self.value)
