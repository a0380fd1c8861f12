"""Export or erase what is kept of one buyer."""

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.actors import on_command_line
from common.commands import refusals_told
from common.tenancy import system_scope
from privacy.asking import ask_for_erasure, ask_for_export
from privacy.erasing import do_buyer_requests
from privacy.models import BuyerRequest
from privacy.states import RequestStatus
from stores.models import Store

ASKING = {"export": ask_for_export, "erase": ask_for_erasure}


class Command(BaseCommand):
    """`buyer_data export shoes --buyer 13912345678`, `buyer_data erase shoes --buyer G1000`."""

    help = "Export everything that is kept of a buyer in a store, or erase what is personal of it, for good."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=sorted(ASKING))
        parser.add_argument("code", help="the store's code")
        parser.add_argument("--buyer", required=True, help="the buyer's id, an order's number, or the phone it goes to")

    def handle(self, *, what, code, buyer, **options):
        """Ask for it, and do it here where no worker has."""
        done = {"actor": on_command_line("buyer_data"), "now": clock.now()}
        with refusals_told(), system_scope():
            store = Store.objects.filter(code=code).first()
            if store is None:
                raise CommandError(f"There is no store “{code}”.")
            request = ASKING[what](store=store, buyer=buyer, **done)
        while do_buyer_requests(ids=[request.pk]):
            pass
        with system_scope():
            request = BuyerRequest.objects.get(pk=request.pk)
        if request.status != RequestStatus.DONE:
            raise CommandError("A worker is at it, or it could not be done: the desk's page of it tells.")
        told = (
            f"written to media/{request.stored_as} in DATA_DIR"
            if what == "export"
            else f"erased; they are {request.buyer_id} now"
        )
        self.stdout.write(f"{request.orders} orders: {told}.")
