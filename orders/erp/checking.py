"""What is wrong with the rows of an imported file, asked of the database a thousand rows at a time (K2)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from orders.erp.reading import FileRow
from orders.models import Order
from orders.why_not import why_not_send

BATCH = 1000
ORDER_NUMBER = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
TRACKING_NUMBER = re.compile(r"[A-Za-z0-9\-]{1,64}")
MAX_CARRIER = 50

DETAILS = {
    "not_found": _("The store has no such order."),
    "duplicate_row": _("The file names this order twice."),
    "order_already_shipped": _("This order has already been shipped."),
    "nothing_to_ship": _("All of this order's money is claimed back: nothing of it is sent."),
    "order_number_missing": _("The order number is missing."),
    "carrier_missing": _("The carrier is missing."),
    "carrier_invalid": _("The carrier's name is too long or isn't text."),
    "tracking_number_missing": _("The tracking number is missing."),
    "tracking_number_invalid": _("Tracking numbers are made of letters, digits and hyphens."),
}
# Refusals by the order's state; every other code means that the file itself is wrong.
BY_STATE = frozenset({"order_already_shipped", "nothing_to_ship"})


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row with its order, and the code of what is wrong with it, if anything."""

    row: FileRow
    order_id: UUID | None
    code: str


def code_of(order: Order) -> str:
    """The code of what forbids that a file ships this order now; empty when nothing does."""
    refused = why_not_send(order)
    return refused.code if refused else ""


def check(store_id: int, rows: Iterable[FileRow]) -> Iterator[list[CheckedRow]]:
    """The rows in batches, each with its order: one query a batch. Another store's order is one that doesn't exist."""
    seen: set[str] = set()
    batch: list[FileRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield _check_batch(store_id, batch, seen)
            batch = []
    if batch:
        yield _check_batch(store_id, batch, seen)


def _check_batch(store_id: int, rows: list[FileRow], seen: set[str]) -> list[CheckedRow]:
    numbers = [row.number for row in rows if ORDER_NUMBER.fullmatch(row.number)]
    found = (
        Order.objects.for_store(store_id)
        .filter(number__in=numbers)
        .only("number", "status", "paid_amount", "claimed_amount")
    )
    orders = {order.number: order for order in found}
    checked = []
    for row in rows:
        order = orders.get(row.number)
        code = _code(row, order, seen)
        checked.append(CheckedRow(row, order.pk if order is not None else None, code))
        seen.add(row.number)
    return checked


def _code(row: FileRow, order: Order | None, seen: set[str]) -> str:
    if not row.number:
        return "order_number_missing"
    if row.number in seen:
        return "duplicate_row"
    if order is None:
        return "not_found"
    if not row.carrier:
        return "carrier_missing"
    if len(row.carrier) > MAX_CARRIER or not row.carrier.isprintable():
        return "carrier_invalid"
    if not row.tracking_number:
        return "tracking_number_missing"
    if not TRACKING_NUMBER.fullmatch(row.tracking_number):
        return "tracking_number_invalid"
    return code_of(order)
