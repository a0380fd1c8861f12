"""Seal whatever is kept sealed with the first key."""

from django.core.management.base import BaseCommand

from common.commands import refusals_told
from common.sealing import reseal_all


class Command(BaseCommand):
    """Once a new key stands first in CONNECTOR_KEYS in every process; the old one may be left out afterwards."""

    help = (
        "Seal secrets of shops, webhooks and second factors with the first of CONNECTOR_KEYS; docs/deploy.md says when."
    )

    def handle(self, **options):
        """Do it, a batch at a time; cut off, it goes on from where it was."""
        with refusals_told():
            count = reseal_all()
        self.stdout.write(f"{count} secrets were sealed anew with the first key; all are now.")
