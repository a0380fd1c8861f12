"""Make a key for an API client."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.commands import refusals_told
from common.tenancy import system_scope
from stores import marketplaces
from stores.actions import create_marketplace_key, create_store_key
from stores.models import Store
from stores.states import KeyScope


class Command(BaseCommand):
    """`create_api_key --store taote-demo --scope refunds:read`, or `--marketplace taote`."""

    help = "Make a store key or a marketplace key; the secret is printed once."

    def add_arguments(self, parser):
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--store", help="the store's code")
        whose.add_argument("--marketplace", choices=list(marketplaces.newest()))
        parser.add_argument("--name", default="made on the command line")
        parser.add_argument(
            "--scope", action="append", choices=KeyScope.values, help="of a store key; all when left out"
        )
        parser.add_argument("--days", type=int, help="expires after so many days")

    def handle(self, *, store, marketplace, name, scope, days, **options):
        """Create it."""
        now = clock.now()
        expires_at = now + timedelta(days=days) if days else None
        made = {"name": name, "expires_at": expires_at, "actor": on_command_line("create_api_key"), "now": now}
        with refusals_told(), system_scope():
            if store:
                owner = Store.objects.filter(code=store).first()
                if owner is None:
                    raise CommandError(f"There is no store “{store}”.")
                _, secret = create_store_key(store=owner, scopes=scope, **made)
            else:
                _, secret = create_marketplace_key(marketplace=marketplace, **made)
        self.stdout.write(secret)
