"""Open a store."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.calendar import PLATFORM_ZONE
from common.errors import WanliuError
from common.tenancy import system_scope
from stores import marketplaces
from stores.actions import add_member, create_store
from stores.models import User
from stores.states import Role


class Command(BaseCommand):
    """`create_store shoes --marketplace taote --name "Shoes" --owner anna`."""

    help = "Open a store on a marketplace, optionally with an owner who exists already."

    def add_arguments(self, parser):
        """See help."""
        parser.add_argument("code")
        parser.add_argument("--marketplace", required=True, choices=list(marketplaces.newest()))
        parser.add_argument("--name", help="shown to people; the code when left out")
        parser.add_argument("--time-zone", default=PLATFORM_ZONE)
        parser.add_argument("--owner", help="username of the owner")

    def handle(self, *, code, marketplace, name, time_zone, owner, **options):
        """Create it."""
        done = {"actor": on_command_line("create_store"), "now": clock.now()}
        try:
            with system_scope():
                store = create_store(code=code, name=name or code, marketplace=marketplace, time_zone=time_zone, **done)
                if owner:
                    add_member(store=store, user=User.objects.get(username=owner), role=Role.OWNER, **done)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user “{owner}”.") from error
        except ValidationError as error:
            raise CommandError(
                "; ".join(f"{field}: {' '.join(text)}" for field, text in error.message_dict.items())
            ) from error
        except WanliuError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Store {store.code} on {store.rules.label} is open.")
