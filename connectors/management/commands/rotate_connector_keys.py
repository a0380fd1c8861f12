"""Seal every shop's secrets with the first key."""

from django.core.management.base import BaseCommand

from common.commands import refusals_told
from common.sealing import reseal_all
from common.tenancy import system_scope


class Command(BaseCommand):
    """After a new key was put before the old one in CONNECTOR_KEYS; the old one may then be left out."""

    help = "Seal the secrets of all connected shops with the first key of CONNECTOR_KEYS."

    def handle(self, **options):
        """Do it, all or none."""
        with refusals_told(), system_scope():
            count = reseal_all()
        self.stdout.write(f"{count} shops are sealed with the first key.")
