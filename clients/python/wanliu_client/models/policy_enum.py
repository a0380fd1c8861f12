from enum import StrEnum


class PolicyEnum(StrEnum):
    BY_APPLICATION = "by_application"
    VERIFIED_FAULT = "verified_fault"

    def __str__(self) -> str:
        return str(self.value)
