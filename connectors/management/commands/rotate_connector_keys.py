"""The older name of `rotate_keys`."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Does what `rotate_keys` does."""

    help = "Older name of rotate_keys."

    def handle(self, **options):
        """Do it."""
        call_command("rotate_keys", stdout=self.stdout)
