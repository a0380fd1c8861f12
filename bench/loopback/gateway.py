"""How the platform asks the loopback's gateway: as any gateway, over HTTP, with time-outs."""

from collections.abc import Iterable, Mapping
from datetime import date

import requests
from requests.adapters import HTTPAdapter

from payments.gateways.base import (
    Gateway,
    GatewayAnswer,
    GatewayOutcome,
    Instruction,
    NoStatement,
    Notice,
    StatementLine,
    register,
)

NAME = "loopback"
TIMEOUTS_S = (1, 5)


@register
class LoopbackGateway(Gateway):
    """Pays every key once, and says so after a while."""

    name = NAME
    needs = {"URL": None}
    calls_at_once = 8

    def __init__(self, url: str):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", HTTPAdapter(pool_maxsize=self.calls_at_once))

    def pay(self, instruction: Instruction) -> list[GatewayAnswer]:
        """Pay once per key."""
        told = {"key": instruction.key, "buyer": instruction.buyer_id, "amount": f"{instruction.amount:.2f}"}
        try:
            answer = self.session.post(f"{self.url}/pay", json=told, timeout=TIMEOUTS_S).json()
        except (requests.RequestException, ValueError) as error:
            return [GatewayAnswer(instruction.key, GatewayOutcome.UNKNOWN, error=f"{type(error).__name__}")]
        return [GatewayAnswer(instruction.key, GatewayOutcome.PAID, reference=answer["reference"])]

    def look_up(self, key: str) -> GatewayAnswer | None:
        """It keeps no account of its own: who asks again pays the same key again."""
        return None

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """It sends none."""
        return None

    def statement(self, day: date) -> Iterable[StatementLine]:
        """It makes none."""
        raise NoStatement("The loopback's gateway makes no statements.")
