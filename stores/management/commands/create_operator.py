"""Open an account of the platform's operator."""

from django.core.management.base import BaseCommand

from common import clock
from common.actors import on_command_line
from common.commands import refusals_told
from common.tenancy import system_scope
from stores.actions import open_account
from stores.people.links import password_link


class Command(BaseCommand):
    """`create_operator anna`: prints a link, good once and for a day, by which anna chooses a password of her own."""

    help = "Open an account that sees every store, and print the link by which its password is chosen."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name to sign in with")
        parser.add_argument("--full-name", default="", help="as colleagues and events show it")

    def handle(self, *, name, full_name, **options):
        """Open it."""
        with refusals_told(), system_scope():
            user = open_account(
                username=name,
                full_name=full_name,
                password=None,
                is_operator=True,
                actor=on_command_line("create_operator"),
                now=clock.now(),
            )
        self.stdout.write(f"{name} chooses a password within a day at {password_link(user)}")
