"""What the sandbox carrier remembers."""

from django.db import models


class SandboxParcel(models.Model):
    """What the sandbox carrier, an outside party, remembers: one row per key, whatever is asked twice."""

    key = models.CharField(primary_key=True, max_length=64)
    carrier = models.CharField(max_length=50)
    tracking_number = models.CharField(max_length=64, db_index=True)
    stage = models.CharField(max_length=20)
    calls = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.tracking_number} {self.stage}"
