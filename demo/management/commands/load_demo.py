"""Load the demo once, into a database that is nobody's: stores at work, and the sign-ins and keys to try them with."""

import json
import os
import secrets
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import override
from tqdm import tqdm

from common import clock
from common.actors import on_command_line
from common.tenancy import system_scope
from demo.build import count_happenings, open_stores, play
from demo.catalogue import STORES
from demo.connected import CONNECTED
from demo.production import refuse_in_production
from demo.quality import roll_up_history
from demo.returnless import open_earlier_store
from offers.insights.rebuild import roll_everything
from offers.statistics import count_ended_offers
from payments.gateways import DEFAULT
from payments.reconciling import reconcile, yesterday
from stores import marketplaces
from stores.actions import add_member, create_marketplace_key, create_store_key
from stores.models import Store, User
from stores.states import MemberRole

OPENED_AGO = timedelta(days=59)  # after the stores were set up, before anything happens in them
OPERATOR, AGENT = "operator", "agent"
PEOPLE = {OPERATOR: "运营方", AGENT: "客服小柔"}  # offers are sent in the agent's name


class Command(BaseCommand):
    """Does nothing when the demo is there. Refuses a database with another store, or a user of such a name."""

    help = "Load the demo stores once and write their sign-ins and keys to a file that only you can read."

    def add_arguments(self, parser):
        """See help."""
        parser.add_argument("--credentials-file", type=Path, default=settings.DATA_DIR / "demo-credentials.json")

    def handle(self, *, credentials_file: Path, **options):
        """Load it."""
        refuse_in_production()
        with system_scope():
            if Store.objects.filter(code__in=STORES).exists():
                self.stdout.write("The demo is loaded already.")
                return
            now = clock.now()
            refuse_if_in_use()
            with transaction.atomic():
                stores, users = open_stores(now), make_users()
                open_earlier_store(now)
                credentials = {"users": users, **make_members_and_keys(stores)}
        write_private(credentials_file, credentials)
        with override("zh-hans"), tqdm(total=count_happenings(STORES), desc="demo", disable=None) as bar:
            for store in stores:
                for code in play(store, now):
                    bar.set_postfix_str(code, refresh=False)
                    bar.update()
        count_ended_offers()
        roll_up_history(stores, now)
        reconcile(name=DEFAULT, day=yesterday(now), now=now)
        roll_everything()
        self.stdout.write(f"The demo is loaded; sign-ins are in {credentials_file}.")


def refuse_if_in_use() -> None:
    """CommandError when the database belongs to somebody: the demo brings passwords and keys that stand in a file."""
    if Store.objects.exists():
        raise CommandError("This database holds stores: the demo is loaded into an empty one only.")
    if taken := sorted(
        User.objects.filter(username__in=[*PEOPLE, *STORES, *CONNECTED]).values_list("username", flat=True)
    ):
        raise CommandError(f"The demo needs user names that are taken here: {', '.join(taken)}. Nothing was changed.")


def make_users() -> dict[str, dict[str, str]]:
    """An operator, an agent and each store's owner, by name: user name and password."""
    names = {**PEOPLE, **{code: name for code, (_marketplace, name, _address) in STORES.items()}}
    return {username: sign_in(username, name, is_superuser=username == OPERATOR) for username, name in names.items()}


def make_members_and_keys(stores: list[Store]) -> dict[str, dict[str, str]]:
    """The stores' owners and their agent; `marketplace_keys` and `store_keys` as in demo.json."""
    done = {"actor": on_command_line("load_demo"), "now": clock.now() - OPENED_AGO}
    for store in stores:
        add_member(store=store, username=store.code, role=MemberRole.OWNER, **done)
        add_member(store=store, username=AGENT, role=MemberRole.AGENT, **done)
    return {
        "marketplace_keys": {
            name: create_marketplace_key(marketplace=name, name=f"{name} demo", is_demo=True, **done)[1]
            for name in marketplaces.newest()
        },
        "store_keys": {store.code: create_store_key(store=store, name="demo", **done)[1] for store in stores},
    }


def sign_in(username: str, name: str, *, is_superuser: bool) -> dict[str, str]:
    """Make the user. IntegrityError when there is one."""
    password = secrets.token_urlsafe(12)
    user = {"username": username, "password": password, "email": f"{username}@example.com", "first_name": name}
    User.objects.create_user(**user, is_staff=True, is_superuser=is_superuser)
    return {"username": username, "password": password}


def write_private(path: Path, data: dict) -> None:
    """Write JSON that only its owner can read, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(data, file, ensure_ascii=False, indent=2)
    part.replace(path)
