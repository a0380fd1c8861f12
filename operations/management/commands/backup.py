"""Write a back-up of the whole database, and check it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from operations.backup import BackupFailed, back_up


class Command(BaseCommand):
    """Prints what the file holds; exits 1 when there is none."""

    help = "Write the whole database, every store included, to FILE for pg_restore, and check that nothing is missing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="where to write it; must not exist yet")

    def handle(self, *, file: Path, **options):
        """Write, read again, count."""
        if not file.absolute().parent.is_dir():
            raise CommandError(f"{file.absolute().parent} is no directory: make it first.")
        try:
            rows = back_up(file)
        except BackupFailed as reason:
            raise CommandError(str(reason)) from reason
        size = file.stat().st_size
        self.stdout.write(f"{file}: {sum(rows.values())} rows of {len(rows)} tables in {size} bytes, read and counted.")
