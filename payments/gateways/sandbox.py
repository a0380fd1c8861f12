"""A gateway to try things with. It behaves like an outside party: its memory isn't part of our transactions.

Some buyer ids force an outcome: `sandbox-decline`, `sandbox-timeout` (pays nothing and never answers),
`sandbox-duplicate` (pays once and answers twice). Everybody else is paid.
"""

from django.db.models import F

from payments.gateways.base import Answer, Instruction, Outcome
from payments.models import SandboxTransfer

TIMEOUT = "timeout"
FORCED = {"sandbox-decline": Outcome.DECLINED, "sandbox-timeout": TIMEOUT}


class SandboxGateway:
    """See the module."""

    def pay(self, instruction: Instruction) -> list[Answer]:
        """Pay once per key."""
        transfer, is_new = SandboxTransfer.objects.get_or_create(
            key=instruction.key,
            defaults={
                "buyer_id": instruction.buyer_id,
                "amount": instruction.amount,
                "outcome": FORCED.get(instruction.buyer_id, Outcome.PAID),
            },
        )
        if not is_new:
            SandboxTransfer.objects.filter(pk=transfer.pk).update(calls=F("calls") + 1)
        answer = self._answer(transfer)
        return [answer, answer] if instruction.buyer_id == "sandbox-duplicate" else [answer]

    def look_up(self, key: str) -> Answer | None:
        """What became of a key."""
        transfer = SandboxTransfer.objects.filter(pk=key).first()
        return transfer and self._answer(transfer)

    def _answer(self, transfer: SandboxTransfer) -> Answer:
        match transfer.outcome:
            case Outcome.PAID:
                return Answer(transfer.key, Outcome.PAID, reference=f"SBX-{transfer.key[-12:].upper()}")
            case Outcome.DECLINED:
                return Answer(transfer.key, Outcome.DECLINED, error="The buyer's account can't receive money.")
            case _:
                return Answer(transfer.key, Outcome.UNKNOWN, error="The gateway did not answer in time.")
