"""The marketplace pays its refunds itself, from what the buyer paid there: it reports, and is never asked to pay.

Payments of refunds that are followed (`refunds.marketplace`) go through it. No money moves by anything in this file.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import ClassVar

from payments.gateways.base import (
    BadNotice,
    Gateway,
    GatewayAnswer,
    GatewayOutcome,
    Instruction,
    NoStatement,
    Notice,
    StatementLine,
    register,
)


@register
class Marketplace(Gateway):
    """Pays nothing and knows of no key: whatever asks it learns that nobody knows yet."""

    name = "marketplace"
    waits_for_reports: ClassVar[bool] = True

    def pay(self, instruction: Instruction) -> list[GatewayAnswer]:
        """Nothing: the marketplace pays, or doesn't, whatever we ask."""
        return [GatewayAnswer(instruction.key, GatewayOutcome.UNKNOWN, error="The marketplace pays by itself.")]

    def look_up(self, key: str) -> GatewayAnswer | None:
        """Unknown for every key: the refund's copy tells."""
        return GatewayAnswer(key, GatewayOutcome.UNKNOWN, error="The marketplace pays by itself.")

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """Nobody sends any."""
        raise BadNotice("The marketplace sends no notices of payments.")

    def statement(self, day: date) -> Iterable[StatementLine]:
        """None: the refunds are compared instead."""
        raise NoStatement("The marketplace gives no statement of payments.")
