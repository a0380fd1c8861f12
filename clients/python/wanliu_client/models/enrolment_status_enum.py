from enum import StrEnum


class EnrolmentStatusEnum(StrEnum):
    AGREED = "agreed"
    BUDGETED = "budgeted"
    CONFIRMED = "confirmed"
    EARLIER = "earlier"
    IN_FORCE = "in_force"
    LEFT = "left"
    NOT_ENROLLED = "not_enrolled"
    READY = "ready"
    TOP_UP_SET = "top_up_set"

    def __str__(self) -> str:
        return str(self.value)
