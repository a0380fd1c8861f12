"""Write a back-up of everything, and check it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from operations.backup import BackupFailed, back_up


class Command(BaseCommand):
    """Prints what it holds; exits 1 when there is none."""

    help = "Write every store's rows, the evidence and the keys to the new directory PLACE, and check what was written."

    def add_arguments(self, parser):
        parser.add_argument("place", type=Path, metavar="PLACE", help="where to write it; must not exist yet")

    def handle(self, *, place: Path, **options):
        """Write, read again, count."""
        if not place.absolute().parent.is_dir():
            raise CommandError(f"{place.absolute().parent} is no directory: make it first.")
        try:
            made = back_up(place.absolute())
        except BackupFailed as reason:
            raise CommandError(str(reason)) from reason
        rows, files = sum(made.rows.values()), len(made.files)
        self.stdout.write(f"{place}: {rows} rows of {len(made.rows)} tables and {files} files, read again and counted.")
        if made.damaged:
            told = f"{len(made.damaged)} files are missing here or aren't what was shown, such as {made.damaged[0]}."
            self.stdout.write(self.style.WARNING(told))
