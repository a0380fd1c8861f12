"""A bank that pays at once, remembers each key, and signs its notices with the platform's key."""

import hmac
import json
from decimal import Decimal
from hashlib import sha256
from typing import ClassVar

from common import clock
from common.calendar import PLATFORM_ZONE, day_of
from payments.gateways.base import (
    BadNotice,
    Gateway,
    GatewayAnswer,
    GatewayOutcome,
    Instruction,
    Notice,
    StatementLine,
    register,
)


@register
class UnionPayGateway(Gateway):
    """A second gateway. `transfers` is what the bank knows: key → amount and day."""

    name = "unionpay"
    needs = {"KEY": None, "CURRENCY": "CNY"}
    transfers: ClassVar[dict] = {}

    def __init__(self, key: str, currency: str):
        self.key, self.currency = key.encode(), currency

    def pay(self, instruction: Instruction) -> list[GatewayAnswer]:
        """Pay once per key."""
        today = day_of(clock.now(), PLATFORM_ZONE)
        self.transfers.setdefault(instruction.key, (instruction.amount, today))
        return [self._paid(instruction.key)]

    def look_up(self, key):
        """What became of a key."""
        return self._paid(key) if key in self.transfers else None

    def notice(self, key: str) -> tuple[dict, bytes]:
        """The headers and body of what the bank tells about a key."""
        body = json.dumps({"key": key, "amount": str(self.transfers[key][0])}).encode()
        return {"Unionpay-Signature": hmac.new(self.key, body, sha256).hexdigest()}, body

    def read_notice(self, headers, body):
        """A notice that is signed."""
        if not hmac.compare_digest(hmac.new(self.key, body, sha256).hexdigest(), headers.get("Unionpay-Signature", "")):
            raise BadNotice("The signature is wrong.")
        told = json.loads(body)
        return Notice(f"{told['key']}:paid", told["key"], GatewayOutcome.PAID, Decimal(told["amount"]), "UP1")

    def statement(self, day):
        """What was paid on a day."""
        return [
            StatementLine(key, GatewayOutcome.PAID, amount, "UP1")
            for key, (amount, paid_on) in self.transfers.items()
            if paid_on == day
        ]

    def _paid(self, key: str) -> GatewayAnswer:
        return GatewayAnswer(key, GatewayOutcome.PAID, reference="UP1")
