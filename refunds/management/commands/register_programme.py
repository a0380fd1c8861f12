"""Bring in a store that joined refund without return before this platform did."""

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.errors import WanliuError
from common.money import ZERO, parse_money
from common.tenancy import system_scope
from refunds.returnless.programme import EARLIER_VERSIONS, register_earlier
from stores.models import Store


class Command(BaseCommand):
    """`register_programme shoes --programme-version 2.0 --budget 300.00 --products 8000 8001`."""

    help = "Register a store that is on refund without return 1.0 or 2.0; its owner then switches or joins anew."

    def add_arguments(self, parser):
        parser.add_argument("code")
        parser.add_argument("--programme-version", required=True, choices=EARLIER_VERSIONS)
        parser.add_argument("--budget", default="0.00", help="yuan in the service budget")
        parser.add_argument("--products", nargs="*", default=[], help="item ids")

    def handle(self, *, code, programme_version, budget, products, **options):
        """Register it."""
        try:
            amount = parse_money(budget)
        except ValueError as error:
            raise CommandError(f"--budget: {error}") from error
        if amount < ZERO:
            raise CommandError("--budget: at least 0.00")
        with system_scope():
            store = Store.objects.filter(code=code).first()
            if store is None:
                raise CommandError(f"There is no store “{code}”.")
            try:
                register_earlier(
                    store=store,
                    version=programme_version,
                    budget=amount,
                    item_ids=list(dict.fromkeys(products)),
                    actor=on_command_line("register_programme"),
                    now=clock.now(),
                )
            except WanliuError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{code} is on {programme_version}, with ¥{amount} and {len(products)} products.")
