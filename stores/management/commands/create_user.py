"""Open an account of somebody who works in a store."""

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.commands import refusals_told
from common.tenancy import system_scope
from stores.actions import new_password, open_account
from stores.models import Store
from stores.states import MemberRole


class Command(BaseCommand):
    """`create_user anna --store shoes --role agent`; the password is printed once and changed at the first sign-in."""

    help = "Open an account with a one-time password, with a role in a store if you name one."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name to sign in with")
        parser.add_argument("--full-name", default="", help="as colleagues and events show it")
        parser.add_argument("--store", help="code of the store that the account is for")
        parser.add_argument("--role", choices=MemberRole.values, help="in that store; viewer when left out")

    def handle(self, *, name, full_name, store, role, **options):
        """Open it."""
        if role and not store:
            raise CommandError("--role: name the --store in which it is the role.")
        password = new_password()
        with refusals_told(), system_scope():
            named = Store.objects.filter(code=store).first()
            if store and named is None:
                raise CommandError(f"There is no store “{store}”.")
            open_account(
                username=name,
                full_name=full_name,
                password=password,
                store=named,
                role=role or MemberRole.VIEWER,
                actor=on_command_line("create_user"),
                now=clock.now(),
            )
        self.stdout.write(f"{name} may sign in with the one-time password {password}")
