"""Pull one shop, read its hints and send what waits, in this process."""

from collections import Counter
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db.models.functions import Now

from common import clock
from common.actions import bookkeeping
from common.actors import on_command_line
from common.calendar import start_of_day
from common.commands import refusals_told
from common.tenancy import system_scope, tenant_scope
from connectors.looking_back import fetch_past
from connectors.models import Connection, RefundHint, SentDecision
from connectors.states import ConnectionStatus
from connectors.working import work_on_shops

ROUNDS = 3  # what can't be done is tried so often, unless once is enough
COUNTED = ("listed", "read", "changed", "put aside", "hints", "sent")


class Command(BaseCommand):
    """`sync_store shoes --since 2026-11-01`."""

    help = "Follow one connected shop until nothing is due: pulls, reads what was hinted at, sends decisions."

    def add_arguments(self, parser):
        parser.add_argument("code", help="the store's code")
        parser.add_argument("--since", help="fetch the past from this date on, too (by the store's calendar)")
        parser.add_argument("--once", action="store_true", help="try each thing once")

    def handle(self, *, code, since, once, **options):
        """Go round until a round finds nothing."""
        connection = self._connection(code)
        if since:
            self._fetch(connection, since)
        counts: Counter[str] = Counter()
        for round_ in range(1 if once else ROUNDS):
            if not self._make_due(connection) and round_:
                break
            while work_on_shops(ids=[connection.pk], counts=counts):
                pass
        self.stdout.write(", ".join(f"{name}: {counts[name]}" for name in COUNTED))
        self._tell(self._connection(code, needs_work=False))

    def _connection(self, code: str, *, needs_work: bool = True) -> Connection:
        with system_scope():
            connection = Connection.objects.select_related("store").filter(store__code=code).first()
        if connection is None:
            raise CommandError(f"The store “{code}” isn't connected. Connect it first: connect_store {code} …")
        if needs_work and connection.status != ConnectionStatus.CONNECTED:
            words = connection.words or connection.get_status_display()
            raise CommandError(f"The store “{code}” isn't followed: {words} {connection.told}".rstrip())
        return connection

    def _fetch(self, connection: Connection, since: str) -> None:
        try:
            day = date.fromisoformat(since)
        except ValueError:
            raise CommandError("since: give a date such as 2026-11-01.") from None
        with refusals_told(), tenant_scope(connection.store_id):
            fetch_past(
                store_id=connection.store_id,
                since=start_of_day(day, connection.store.time_zone),
                actor=on_command_line("sync_store"),
                now=clock.now(),
            )

    def _make_due(self, connection: Connection) -> bool:
        """Whoever gives this command waits for no pause and has looked at what broke off; whether anything waited."""
        with tenant_scope(connection.store_id):
            return _end_pauses(connection)

    def _tell(self, connection: Connection) -> None:
        if connection.status != ConnectionStatus.CONNECTED:
            raise CommandError(f"{connection.words} {connection.told}".strip())
        if connection.last_error:
            raise CommandError(f"Not finished: {connection.last_error}")
        with tenant_scope(connection.store_id):
            waiting = SentDecision.objects.for_store(connection.store_id).under_way().count()
        self.stdout.write(
            f"Complete up to {connection.cursor.isoformat(timespec='seconds')}; decisions under way: {waiting}."
        )


@bookkeeping("When the machine looks again; what it finds is on record.")
def _end_pauses(connection: Connection) -> bool:
    rows = Connection.objects.filter(pk=connection.pk)
    failed = rows.exclude(last_error="").exists()
    waiting = 0
    for model in (RefundHint, SentDecision):
        later = model.objects.for_store(connection.store_id).filter(next_attempt_at__isnull=False)
        waiting += later.update(next_attempt_at=Now())
    rows.update(next_attempt_at=Now(), attempts=0, needs_attention=False)
    return bool(waiting or failed)
