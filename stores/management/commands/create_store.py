"""Open a store."""

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.calendar import PLATFORM_ZONE
from common.commands import refusals_told
from common.tenancy import system_scope
from stores import marketplaces
from stores.actions import add_member, create_store
from stores.models import User
from stores.states import MemberRole


class Command(BaseCommand):
    """`create_store shoes --marketplace taote --name "Shoes" --owner anna`; `--sandbox` for one to try things in."""

    help = "Open a store on a marketplace, optionally with an owner who exists already."

    def add_arguments(self, parser):
        parser.add_argument("code")
        parser.add_argument("--marketplace", required=True, choices=list(marketplaces.newest()))
        parser.add_argument("--name", help="shown to people; the code when left out")
        parser.add_argument("--time-zone", default=PLATFORM_ZONE)
        parser.add_argument("--sandbox", action="store_true", help="for trying things; can't be changed afterwards")
        parser.add_argument("--owner", help="username of the owner")

    def handle(self, *, code, marketplace, name, time_zone, sandbox, owner, **options):
        """Create it."""
        done = {"actor": on_command_line("create_store"), "now": clock.now()}
        with refusals_told(), system_scope():
            if owner and not User.objects.filter(username=owner).exists():
                raise CommandError(f"There is no user “{owner}”. Open the account first: create_user {owner}")
            store = create_store(
                code=code,
                name=name or code,
                marketplace=marketplace,
                time_zone=time_zone,
                is_sandbox=sandbox,
                **done,
            )
            if owner:
                add_member(store=store, username=owner, role=MemberRole.OWNER, **done)
        self.stdout.write(f"Store {store.code} on {store.get_marketplace_display()} is open.")
