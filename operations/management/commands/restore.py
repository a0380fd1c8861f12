"""Put a back-up back, into an empty place."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from operations.backup import BackupFailed, restore


class Command(BaseCommand):
    """Prints what was restored; exits 1 and leaves nothing when it couldn't be."""

    help = "Fill an empty database and an empty DATA_DIR/media from the back-up in PLACE, and compare what came of it."

    def add_arguments(self, parser):
        parser.add_argument("place", type=Path, metavar="PLACE", help="what `backup` has made")

    def handle(self, *, place: Path, **options):
        """Read, restore, compare."""
        try:
            done = restore(place.absolute())
        except BackupFailed as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(
            f"Restored what was there on {done.made_at}: {sum(done.rows.values())} rows of {len(done.rows)} tables and"
            f" {len(done.files)} files, the same as then. Migrate, verify_ledger, then start the processes."
        )
