"""What the sandbox gateway remembers."""

from django.db import models

from common.money import MoneyField


class SandboxTransfer(models.Model):
    """What the sandbox gateway, an outside party, remembers: one row per key, whatever is sent twice."""

    key = models.CharField(primary_key=True, max_length=64)
    buyer_id = models.CharField(max_length=64)
    amount = MoneyField()
    outcome = models.CharField(max_length=20)
    calls = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.key} {self.outcome}"
