"""What is wrong with the rows of an imported file, asked of the database a thousand rows at a time (K2)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from orders.erp.sheets import faults
from orders.erp.sheets.table import FileRow
from orders.models import Order
from orders.waybills import MAX_CARRIER, NO_NUMBER, NUMBER, carrier_named, plain_number, unknown_carrier
from orders.why_not import why_not_send

BATCH = 1000
ORDER_NUMBER = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
MAX_ABOUT = 200

CARRIER_UNKNOWN = "carrier_unknown"  # `about` is what was written; the words name what it may have meant
# What is wrong with a row, by its code; `about` is the cell, row or parcel that the code is about.
DETAILS = {
    "not_found": _("The store has no such order."),
    "duplicate_row": _(
        "Row %(about)s names another parcel for this order. An order is shipped as one parcel: leave one of the rows."
    ),
    "order_already_shipped": _("This order has already been shipped."),
    "nothing_to_ship": _("All of this order's money is asked back: nothing of it is sent."),
    "order_number_missing": _("The order number is missing."),
    "carrier_missing": _("The carrier is missing."),
    "tracking_number_missing": _("The tracking number is missing."),
    "tracking_number_invalid": NO_NUMBER,
    faults.DIGITS_LOST: _(
        "Cell %(about)s: a spreadsheet keeps 15 digits of a number, so the last digits of this one are lost. Format "
        "the column as"
        " text and enter the number anew, or import the file as your ERP wrote it."
    ),
    faults.NUMBER_FORMAT: _(
        "Cell %(about)s is kept otherwise than it is shown (a date, a fraction, or a number format that adds or hides "
        "digits)."
        " Format the column as text and enter what you see anew."
    ),
    faults.NOT_TEXT: _(
        "Cell %(about)s holds a date, a yes or no, or an error, and no number. Format the column as text and enter the "
        "number anew."
    ),
    faults.FORMULA: _("Cell %(about)s holds a formula. Format the column as text and paste the values alone."),
    faults.MERGED_CELLS: _("Cells %(about)s are merged: unmerge them and fill in every row."),
    faults.ROW_HIDDEN: _("Row %(about)s is hidden, perhaps by a filter: show it, or delete it."),
    faults.COLUMN_HIDDEN: _("Column %(about)s is hidden: show it, and look at what it holds."),
}
# Refusals by the order's state; every other code means that the file itself is wrong.
BY_STATE = frozenset({"order_already_shipped", "nothing_to_ship"})


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row with its order, and the code of what is wrong with it, if anything, and what the code is about."""

    row: FileRow
    order_id: UUID | None
    code: str = ""
    about: str = ""


def detail_of(code: str, about: str) -> str:
    """What is wrong with a row, in words."""
    return unknown_carrier(about) if code == CARRIER_UNKNOWN else str(DETAILS[code]) % {"about": about}


def code_of(order: Order) -> str:
    """The code of what forbids that a file ships this order now; empty when nothing does."""
    refused = why_not_send(order)
    return refused.code if refused else ""


def check(store_id: int, rows: Iterable[FileRow]) -> Iterator[list[CheckedRow]]:
    """The rows in batches, each with its order: one query a batch. Another store's order is one that doesn't exist.

    Rows that say the same are one: a file with a row for each product names an order and its parcel several times.
    """
    seen: dict[str, FileRow] = {}
    batch: list[FileRow] = []
    for row in map(_plain, rows):
        if row.number and not row.fault and _parcel(row) == _parcel(seen.get(row.number)):
            continue
        seen.setdefault(row.number, row)
        batch.append(row)
        if len(batch) == BATCH:
            yield _check_batch(store_id, batch, seen)
            batch = []
    if batch:
        yield _check_batch(store_id, batch, seen)


def _plain(row: FileRow) -> FileRow:
    """The row with its carrier and number as they are kept; a carrier that nobody knows is its fault."""
    row = replace(row, tracking_number=plain_number(row.tracking_number))
    if row.fault or not row.carrier:
        return row
    carrier = carrier_named(row.carrier)
    if carrier is None:
        return replace(row, fault=CARRIER_UNKNOWN, cell=row.carrier)
    return replace(row, carrier=carrier)


def _parcel(row: FileRow | None) -> tuple[str, str] | None:
    return None if row is None else (row.carrier, row.tracking_number)


def _check_batch(store_id: int, rows: list[FileRow], seen: dict[str, FileRow]) -> list[CheckedRow]:
    numbers = [row.number for row in rows if ORDER_NUMBER.fullmatch(row.number)]
    found = (
        Order.objects.for_store(store_id)
        .filter(number__in=numbers)
        .only("number", "status", "is_masked", "paid_amount", "claimed_amount")
    )
    orders = {order.number: order for order in found}
    return [_checked(row, orders.get(row.number), seen.get(row.number, row)) for row in rows]


def _checked(row: FileRow, order: Order | None, first: FileRow) -> CheckedRow:
    """The row with what is wrong with it; `first` is the file's first row of this order."""
    order_id = order.pk if order is not None else None
    if row.fault:
        return CheckedRow(row, order_id, row.fault, row.cell)
    if row.number and first.place != row.place:
        about = f"{first.place} ({first.carrier[:MAX_CARRIER]} {first.tracking_number[:64]})"
        return CheckedRow(row, order_id, "duplicate_row", about)
    return CheckedRow(row, order_id, _code(row, order))


def _code(row: FileRow, order: Order | None) -> str:
    if not row.number:
        return "order_number_missing"
    if order is None:
        return "not_found"
    if not row.carrier:
        return "carrier_missing"
    if not row.tracking_number:
        return "tracking_number_missing"
    if not NUMBER.fullmatch(row.tracking_number):
        return "tracking_number_invalid"
    return code_of(order)
