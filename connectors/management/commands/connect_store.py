"""Connect a store's shop to its marketplace's open platform."""

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.commands import refusals_told
from common.tenancy import system_scope
from connectors.connecting import connect_shop
from connectors.messages import push_address
from connectors.port import Secret
from connectors.shops import platform_for
from connectors.states import ConnectionStatus
from stores.models import Store

SECRETS = {
    Secret.APP_SECRET: "--app-secret",
    Secret.SIGN_SECRET: "--sign-secret",
    Secret.MESSAGE_KEY: "--message-key",
    Secret.TOKEN: "--token",
    Secret.AES_KEY: "--aes-key",
}


class Command(BaseCommand):
    """`connect_store shoes --app-key 123 --app-secret … --access-token … --refresh-token …`."""

    help = "Try a shop's keys at its marketplace's open platform and keep them; says what is wrong with them, if so."

    def add_arguments(self, parser):
        parser.add_argument("code", help="the store's code")
        parser.add_argument("--app-key", required=True)
        for secret, option in SECRETS.items():
            parser.add_argument(option, dest=str(secret), default="", required=secret == Secret.APP_SECRET)
        parser.add_argument("--access-token", default="")
        parser.add_argument("--refresh-token", default="")
        parser.add_argument("--shop-id", default="", help="of an application with several shops: which one (Douyin)")
        parser.add_argument("--base-url", default="", help="instead of the platform's documented address")

    def handle(self, *, code, app_key, access_token, refresh_token, shop_id, base_url, **options):
        """Connect it."""
        with system_scope():
            store = Store.objects.filter(code=code).first()
        if store is None:
            raise CommandError(f"There is no store “{code}”. Open it first: create_store {code} --marketplace …")
        with refusals_told():
            connection = connect_shop(
                store=store,
                app_key=app_key,
                secrets={secret: options[str(secret)] for secret in SECRETS},
                access_token=access_token,
                refresh_token=refresh_token,
                base_url=base_url,
                shop_id=shop_id,
                actor=on_command_line("connect_store"),
                now=clock.now(),
            )
        platform = platform_for(connection)
        if connection.status == ConnectionStatus.AUTHORISING:
            self.stdout.write(
                f"Kept. {platform.shown} wants the merchant to authorise it: do so at the desk, Connections."
            )
        elif connection.last_error:
            why = connection.told or connection.last_error
            self.stdout.write(f"Kept, but {platform.shown} doesn't answer now ({why}): it is asked again.")
        else:
            self.stdout.write(f"{store.code} is connected to {platform.shown}. Pull it now: sync_store {store.code}")
        if platform.takes_pushes:
            self.stdout.write(f"Address for pushed messages: {push_address(connection)}")
