"""Tell how everything is; exit 1 when somebody has to look."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from operations.health import PARTS, State


class Command(BaseCommand):
    """`health`, or `health workers beat`: a line each, and an exit code for alarms and probes."""

    help = "Tell how database, broker, workers, beat and sweeps are; exit 1 when one fails or is far behind."

    def add_arguments(self, parser):
        parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=f"of {', '.join(PARTS)}")

    def handle(self, *, parts, **options):
        """A line for each part."""
        states = Counter()
        for kind in parts or PARTS:
            for part in PARTS[kind]():
                states[part.state] += 1
                self.stdout.write(f"{part.state:<8} {part.kind:<8} {part.name}: {part.says}")
                if part.state is State.FAILING and kind == "database" and not parts:
                    raise CommandError("Without the database nothing else can be said.")
        if wrong := [f"{states[state]} {state}" for state in (State.FAILING, State.BEHIND) if states[state]]:
            raise CommandError(f"Somebody has to look: {', '.join(wrong)}.")
