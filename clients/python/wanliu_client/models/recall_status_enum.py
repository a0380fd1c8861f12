from enum import StrEnum


class RecallStatusEnum(StrEnum):
    ACCEPTED = "accepted"
    ASKED = "asked"
    BACK = "back"
    LOST = "lost"
    REFUSED = "refused"

    def __str__(self) -> str:
        return str(self.value)
