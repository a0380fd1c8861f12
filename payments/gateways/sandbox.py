"""A gateway to try things with. It behaves like an outside party: its memory isn't part of our transactions.

Some buyer ids force an outcome: `sandbox-decline`, `sandbox-timeout` (pays nothing and never answers),
`sandbox-duplicate` (pays once and answers twice). Everybody else is paid.

Its notices are JSON, signed with HMAC-SHA256 over `<timestamp>.<body>` under a secret of this installation, in the
headers `Sandbox-Timestamp` and `Sandbox-Signature`.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from django.utils.crypto import salted_hmac

from common import clock
from common.calendar import PLATFORM_ZONE, end_of_day, start_of_day
from common.money import parse_money
from common.queries import preparing_cursor
from common.upkeep import Check
from payments.gateways.base import (
    READING_FAILS,
    BadNotice,
    Gateway,
    GatewayAnswer,
    GatewayOutcome,
    Instruction,
    Notice,
    StatementLine,
    UnreadableNotice,
    register,
)
from payments.models import SandboxTransfer

TIMEOUT = "timeout"
FORCED = {"sandbox-decline": GatewayOutcome.DECLINED, "sandbox-timeout": TIMEOUT}
NOTICE_LIVES = timedelta(minutes=5)
DECLINED = "The buyer's account can't receive money."
CAME_BACK = "The buyer's account was closed; the money came back."
_PAY_ONCE = """
    INSERT INTO payments_sandboxtransfer AS t (key, buyer_id, amount, outcome, at, calls)
    VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (key) DO UPDATE SET calls = t.calls + 1 RETURNING outcome
"""


@register
class SandboxGateway(Gateway):
    """The gateway of demos and tests; a buyer's id can force what becomes of a payment."""

    name = "sandbox"
    needs = {"GATEWAY_SECRET": ""}
    checks = (
        Check(
            "what the sandbox gateway paid is what was booked",
            """
            SELECT 'payment ' || coalesce(p.id::text, s.key) FROM payments_sandboxtransfer s
            FULL JOIN payments_payment p ON p.id::text = s.key
            WHERE (s.key IS NULL AND p.status = 'succeeded' AND p.gateway = 'sandbox')
               OR (p.id IS NULL AND s.outcome = 'paid')
               OR (s.outcome = 'paid' AND (p.status = 'failed' AND p.conflict = ''
                   AND p.written_off_at IS NULL OR p.amount <> s.amount))
               OR (s.outcome = 'returned' AND p.status = 'failed' AND p.reversed_at IS NULL)
               OR (s.outcome = 'declined' AND p.status = 'succeeded')
            """,
        ),
    )

    def __init__(self, gateway_secret: str = ""):
        self.secret = gateway_secret or salted_hmac("sandbox-gateway", "").hexdigest()

    def pay(self, instruction: Instruction) -> list[GatewayAnswer]:
        """Pay once per key."""
        outcome = FORCED.get(instruction.buyer_id, GatewayOutcome.PAID)
        told = [instruction.key, instruction.buyer_id, instruction.amount, outcome, clock.now()]
        with preparing_cursor() as cursor:
            cursor.execute(_PAY_ONCE, told)
            [known] = cursor.fetchone()
        answer = self._answer(SandboxTransfer(key=instruction.key, outcome=known))
        return [answer, answer] if instruction.buyer_id == "sandbox-duplicate" else [answer]

    def look_up(self, key: str) -> GatewayAnswer | None:
        """What became of a key."""
        transfer = SandboxTransfer.objects.filter(pk=key).first()
        return transfer and self._answer(transfer)

    def send_back(self, key: str) -> tuple[dict[str, str], bytes]:
        """The buyer's bank returns what was paid: the headers and body of the notice that the gateway then posts."""
        SandboxTransfer.objects.filter(pk=key, outcome=GatewayOutcome.PAID).update(
            outcome=GatewayOutcome.RETURNED, at=clock.now()
        )
        return self.notice(key)

    def notice(self, key: str) -> tuple[dict[str, str], bytes]:
        """The headers and body of a notice about what became of a key."""
        transfer = SandboxTransfer.objects.get(pk=key)
        answer = self._answer(transfer)
        told = {
            "event": f"{key}:{transfer.outcome}",
            "key": key,
            "outcome": transfer.outcome,
            "amount": f"{transfer.amount:.2f}",
            "reference": answer.reference,
            "error": answer.error,
        }
        return self.sign(json.dumps(told).encode())

    def sign(self, body: bytes) -> tuple[dict[str, str], bytes]:
        """The body with the headers that prove it."""
        timestamp = str(int(clock.now().timestamp()))
        return {"Sandbox-Timestamp": timestamp, "Sandbox-Signature": self._signature(timestamp, body)}, body

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """A notice that is signed and at most five minutes old."""
        timestamp, signature = headers.get("Sandbox-Timestamp", ""), headers.get("Sandbox-Signature", "")
        if not hmac.compare_digest(self._signature(timestamp, body).encode(), signature.encode()):
            raise BadNotice("The signature is wrong.")
        sent_at = datetime.fromtimestamp(int(timestamp), UTC)
        if abs(clock.now() - sent_at) > NOTICE_LIVES:
            raise BadNotice("The notice is too old.")
        try:
            told = json.loads(body)
            outcome = GatewayOutcome(told["outcome"])
            amount = parse_money(told["amount"])
            return Notice(told["event"], told["key"], outcome, amount, told["reference"], told["error"])
        except READING_FAILS as error:
            raise UnreadableNotice(f"The body can't be read: {type(error).__name__}.") from error

    def statement(self, day: date) -> Iterable[StatementLine]:
        """Everything of the day in China that is known for good."""
        start, end = start_of_day(day, PLATFORM_ZONE), end_of_day(day, PLATFORM_ZONE)
        moved = SandboxTransfer.objects.filter(at__gte=start, at__lt=end)
        # No cursor that outlives a transaction: behind a pooler its next rows would be asked of another session.
        for transfer in moved.exclude(outcome=TIMEOUT).order_by("at", "key"):
            answer = self._answer(transfer)
            yield StatementLine(transfer.key, answer.outcome, transfer.amount, answer.reference)

    def _signature(self, timestamp: str, body: bytes) -> str:
        return hmac.new(self.secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()

    def _answer(self, transfer: SandboxTransfer) -> GatewayAnswer:
        reference = f"SBX-{transfer.key[-12:].upper()}"
        match transfer.outcome:
            case GatewayOutcome.PAID:
                return GatewayAnswer(transfer.key, GatewayOutcome.PAID, reference=reference)
            case GatewayOutcome.DECLINED:
                return GatewayAnswer(transfer.key, GatewayOutcome.DECLINED, error=DECLINED)
            case GatewayOutcome.RETURNED:
                return GatewayAnswer(transfer.key, GatewayOutcome.RETURNED, reference=reference, error=CAME_BACK)
            case _:
                return GatewayAnswer(transfer.key, GatewayOutcome.UNKNOWN, error="The gateway did not answer in time.")
