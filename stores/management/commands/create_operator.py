"""Open an account of the platform's operator."""

import sys
from getpass import getpass

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.commands import refusals_told
from common.tenancy import system_scope
from stores.actions import new_password, open_account


class Command(BaseCommand):
    """`create_operator anna`: asks for a password; what is left empty, or can't be asked, is made and printed once."""

    help = "Open an account that sees every store. Asks for its password at a terminal, else makes one and prints it."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name to sign in with")
        parser.add_argument("--full-name", default="", help="as colleagues and events show it")

    def handle(self, *, name, full_name, **options):
        """Open it."""
        chosen = self._ask() if sys.stdin.isatty() else ""
        password = chosen or new_password()
        with refusals_told(), system_scope():
            open_account(
                username=name,
                full_name=full_name,
                password=password,
                is_operator=True,
                is_one_time=False,
                actor=on_command_line("create_operator"),
                now=clock.now(),
            )
        self.stdout.write(f"{name} may sign in" + ("." if chosen else f" with the password {password}"))

    @staticmethod
    def _ask() -> str:
        password = getpass("Password (empty: one is made): ")
        if password and getpass("The same once more: ") != password:
            raise CommandError("The two passwords differ; nothing was made.")
        return password
