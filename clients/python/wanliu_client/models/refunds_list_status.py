from enum import StrEnum


class RefundsListStatus(StrEnum):
    AWAITING_MERCHANT = "awaiting_merchant"
    AWAITING_RETURN = "awaiting_return"
    CLOSED = "closed"
    DISPUTED = "disputed"
    RECALLING = "recalling"
    REFUNDED = "refunded"
    REFUNDING = "refunding"
    REJECTED = "rejected"
    RETURNING = "returning"
    WITHDRAWN = "withdrawn"

    def __str__(self) -> str:
        return str(self.value)
