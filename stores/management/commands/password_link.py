"""Make a link by which somebody chooses a new password: for the operator who lost theirs."""

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.commands import refusals_told
from common.tenancy import system_scope
from stores.models import User
from stores.people.passwords import make_password_link


class Command(BaseCommand):
    """`password_link anna`: the link is good once and for a day; a second factor is still asked for."""

    help = "Print a link by which this person chooses a new password, within a day."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name of the account")

    def handle(self, *, name, **options):
        """Make it."""
        with refusals_told(), system_scope():
            user = User.objects.filter(username=name).first()
            if user is None:
                raise CommandError(f"name: there is no account “{name}”.")
            link = make_password_link(user=user, actor=on_command_line("password_link"), now=clock.now())
        self.stdout.write(f"{name} chooses a password within a day at {link}")
