"""Connect the demo's shops to the fakes of their platforms, at each start of `make run`."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction

from common import clock
from common.actors import on_command_line
from common.errors import Invalid, Refused
from common.tenancy import system_scope
from connectors.platforms import platform_of
from connectors.port import Unreachable
from demo.connected import CONNECTED, Fake, follow_fake, open_connected_store, tell_stories
from demo.management.commands.load_demo import AGENT, sign_in, write_private
from demo.production import refuse_in_production
from demo.robots import follow_chat
from stores.actions import add_member, create_store_key
from stores.models import Store, User
from stores.states import MemberRole


class Command(BaseCommand):
    """Opens the stores that aren't there, and adds their sign-ins and keys to the demo's."""

    help = "Connect the demo's shops to the fakes whose addresses a file tells; again where they listen elsewhere now."

    def add_arguments(self, parser):
        """See help."""
        parser.add_argument("--fakes-file", type=Path, required=True, help="JSON: addresses by platform")
        parser.add_argument("--credentials-file", type=Path, required=True, help="as load_demo has written it")
        parser.add_argument("--chat-file", type=Path, help="JSON: where the group chat listens, and its secret")
        parser.add_argument("--address", required=True, help="where we listen, for messages")

    def handle(
        self, *, fakes_file: Path, credentials_file: Path, address: str, chat_file: Path | None = None, **options
    ):
        """One shop after the other: what one is refused keeps no other from being connected. Says how many are."""
        refuse_in_production()
        if chat_file is not None and chat_file.exists():
            try:
                with system_scope(), transaction.atomic():
                    follow_chat(**json.loads(chat_file.read_text()), now=clock.now())
            except Invalid as error:  # the loopback was closed on purpose
                self.stdout.write(f"The group robots are left as they are: {error}")
        addresses, done = json.loads(fakes_file.read_text()), 0
        for code in CONNECTED:
            store = self._store(code, credentials_file)
            platform = platform_of(store.marketplace) if store is not None else None
            if platform is None or platform.name not in addresses:
                self.stdout.write(f"{code} is left as it is.")
                continue
            fake, now = Fake(addresses[platform.name]), clock.now()
            try:
                tell_stories(store, platform.name, fake, now)
                with system_scope():
                    done += follow_fake(store, fake, address, now)
            except (Refused, Unreachable) as error:
                self.stdout.write(f"{code} is not connected: {error}")
        return f"{done} of {len(CONNECTED)} shops are connected to their fakes"

    def _store(self, code: str, credentials_file: Path) -> Store | None:
        """The store, opened if need be; None where the code or the user name is somebody's."""
        with system_scope(), transaction.atomic():
            store = Store.objects.filter(code=code).first()
            if store is not None:
                return store if store.is_demo else None
            if User.objects.filter(username=code).exists():
                return None
            now = clock.now()
            done = {"actor": on_command_line("connect_demo"), "now": now}
            store = open_connected_store(code, now)
            credentials = json.loads(credentials_file.read_text())
            credentials["users"][code] = sign_in(code, CONNECTED[code][1], is_superuser=False)
            add_member(store=store, username=code, role=MemberRole.OWNER, **done)
            add_member(store=store, username=AGENT, role=MemberRole.AGENT, **done)
            credentials["store_keys"][code] = create_store_key(store=store, name="demo", **done)[1]
            write_private(credentials_file, credentials)
            return store
