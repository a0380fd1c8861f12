"""Load the demo once: four stores at work, and the sign-ins and keys to try them with."""

import json
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import override
from tqdm import tqdm

from common import clock
from common.actors import on_command_line
from common.tenancy import system_scope
from demo.build import count_happenings, open_stores, play
from demo.catalogue import STORES
from demo.quality import roll_up_history
from demo.returnless import open_earlier_store
from offers.insights.rebuild import roll_everything
from offers.statistics import count_ended_offers
from payments.gateways import DEFAULT
from payments.reconciling import reconcile, yesterday
from stores import marketplaces
from stores.actions import add_member, create_marketplace_key, create_store_key
from stores.models import Membership, Store, User
from stores.states import Role


class Command(BaseCommand):
    """Does nothing when the demo is there; makes new sign-ins when only their file is missing."""

    help = "Load the demo stores once and write their sign-ins and keys to a file that only you can read."

    def add_arguments(self, parser):
        """See help."""
        parser.add_argument("--credentials-file", type=Path, default=settings.DATA_DIR / "demo-credentials.json")

    def handle(self, *, credentials_file: Path, **options):
        """Load it."""
        with system_scope():
            stores = list(Store.objects.filter(code__in=STORES))
        if stores and credentials_file.exists():
            self.stdout.write("The demo is loaded already.")
            return
        if not stores:
            now = clock.now()
            sign_in("agent", "客服小柔")  # offers are sent in this name
            with system_scope():
                stores = open_stores(now)
                open_earlier_store(now)
            with override("zh-hans"), tqdm(total=count_happenings(STORES), desc="demo", disable=None) as bar:
                for store in stores:
                    for code in play(store, now):
                        bar.set_postfix_str(code, refresh=False)
                        bar.update()
            count_ended_offers()
            roll_up_history(stores, now)
            reconcile(name=DEFAULT, day=yesterday(now), now=now)
            roll_everything()
        with system_scope():
            credentials = self.make_credentials(stores)
        write_private(credentials_file, credentials)
        self.stdout.write(f"The demo is loaded; sign-ins are in {credentials_file}.")

    def make_credentials(self, stores: list[Store]) -> dict:
        """Users with new passwords, and keys: `users`, `marketplace_keys`, `store_keys` as in demo.json."""
        done = {"actor": on_command_line("load_demo"), "now": clock.now()}
        users = {"operator": sign_in("operator", "平台", is_superuser=True)}
        for store in stores:
            users[store.code] = sign_in(store.code, store.name)
            join(store, store.code, Role.OWNER, **done)
        users["agent"] = sign_in("agent", "客服小柔")
        for store in stores:
            join(store, "agent", Role.AGENT, **done)
        return {
            "users": users,
            "marketplace_keys": {
                name: create_marketplace_key(marketplace=name, name=f"{name} demo", **done)[1]
                for name in marketplaces.newest()
            },
            "store_keys": {store.code: create_store_key(store=store, name="demo", **done)[1] for store in stores},
        }


def sign_in(username: str, name: str, *, is_superuser: bool = False) -> dict[str, str]:
    """Make the user, or give it a new password."""
    password = secrets.token_urlsafe(12)
    user, _ = User.objects.get_or_create(username=username)
    user.first_name, user.is_staff, user.is_superuser = name, True, is_superuser
    user.set_password(password)
    user.save()
    return {"username": username, "password": password}


def join(store: Store, username: str, role: str, **done) -> None:
    """Make the user a member of the store, unless they are one."""
    if not Membership.objects.for_store(store.pk).filter(user__username=username).exists():
        add_member(store=store, username=username, role=role, **done)


def write_private(path: Path, data: dict) -> None:
    """Write JSON that only its owner can read, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(data, file, ensure_ascii=False, indent=2)
    part.replace(path)
