"""What is wrong with the rows of an imported file, asked of the database a thousand rows at a time (K2)."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from common.queries import among, named_query
from orders.erp import parts
from orders.erp.parts import PartsOfFile, pieces_named
from orders.erp.sheets import faults
from orders.erp.sheets.table import FileRow
from orders.models import Order, read_lines_of
from orders.pieces import Pieces
from orders.waybills import MAX_CARRIER, NO_NUMBER, NUMBER, carrier_named, fewest_digits, plain_number, unknown_carrier
from orders.why_not import why_not_send

BATCH = 1000
ORDER_NUMBER = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
MAX_ABOUT = 200
MOST_CARRIERS = 1000  # whose names are remembered while a file is checked
LONGEST_WITH_ZEROS = 24  # characters of an order's number that is looked for with zeros before it

CARRIER_UNKNOWN = "carrier_unknown"  # `about` is what was written; the words name what it may have meant
# What is wrong with a row, by its code; `about` is the cell, row or parcel that the code is about.
DETAILS = {
    "not_found": _("The store has no such order."),
    "duplicate_row": _(
        "Row %(about)s names another parcel for this order. Leave one of the rows, or name in the column parcel_items "
        "what is in each."
    ),
    parts.UNREADABLE: _(
        "“%(about)s” doesn't say what is in the parcel. Write item_id*pieces, or item_id:sku*pieces, several joined "
        "by “;”."
    ),
    parts.UNKNOWN: _("There is no item %(about)s in this order."),
    parts.TWICE: _("Item %(about)s is named twice for this parcel: write how many pieces there are in all."),
    parts.NOT_LEFT: _("Fewer pieces are left to ship than this parcel has: %(about)s."),
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
    faults.ZEROS_LOST: _(
        "Cell %(about)s: a spreadsheet drops the zeros that a number begins with, and this one seems to lack them. "
        'Format the column as text and enter the whole number anew; in a csv write it as ="00123".'
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
BY_STATE = frozenset({"order_already_shipped", "nothing_to_ship", parts.NOT_LEFT})


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row with its order, and the code of what is wrong with it, if anything, and what the code is about.

    `pieces` are those that go into its parcel; None for all that is left of the order.
    """

    row: FileRow
    order_id: UUID | None
    code: str = ""
    about: str = ""
    pieces: Pieces | None = None


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
    parcels = PartsOfFile()
    batch: list[FileRow] = []
    has_zeros = cache(Order.objects.for_store(store_id).filter(number__gte="0", number__lt="1").exists)
    carrier_of = lru_cache(MOST_CARRIERS)(carrier_named)
    for row in (_plain(each, carrier_of) for each in rows):
        if row.number and not row.fault and not row.items and _parcel(row) == _parcel(seen.get(row.number)):
            continue
        seen.setdefault(row.number, row)
        batch.append(row)
        if len(batch) == BATCH:
            yield _check_batch(store_id, batch, seen, parcels, has_zeros=has_zeros)
            batch = []
    if batch:
        yield _check_batch(store_id, batch, seen, parcels, has_zeros=has_zeros)


def _plain(row: FileRow, carrier_of: Callable[[str], str | None]) -> FileRow:
    """The row with its carrier and number as they are kept; a carrier that nobody knows is its fault."""
    number = plain_number(row.tracking_number)
    if row.fault or not row.carrier:
        return replace(row, tracking_number=number)
    carrier = carrier_of(row.carrier)
    if carrier is None:
        return replace(row, tracking_number=number, fault=CARRIER_UNKNOWN, cell=row.carrier)
    if (carrier, number) == (row.carrier, row.tracking_number):
        return row
    return replace(row, carrier=carrier, tracking_number=number)


def _parcel(row: FileRow | None) -> tuple[str, str, str] | None:
    return None if row is None else (row.carrier, row.tracking_number, row.items)


@named_query
def _orders_called(store_id, numbers):
    """The store's orders of these numbers, with what decides whether they may be sent."""
    orders = Order.objects.for_store(store_id).filter(among("number", numbers))
    return orders.only("store", "number", "status", "is_masked", "paid_amount", "claimed_amount", "has_nothing_to_pack")


def _check_batch(
    store_id: int, rows: list[FileRow], seen: dict[str, FileRow], parcels: PartsOfFile, *, has_zeros: Callable[[], bool]
) -> list[CheckedRow]:
    numbers = [row.number for row in rows if ORDER_NUMBER.fullmatch(row.number)]
    orders = {order.number: order for order in _orders_called.all(store_id=store_id, numbers=numbers)}
    bare = [row.number for row in rows if row.number_at]
    longer = _longer_numbers(store_id, bare) if bare and has_zeros() else {}
    if in_parts := [orders[number] for number in {row.number for row in rows if row.items} if number in orders]:
        read_lines_of(store_id, in_parts)
    checked = (
        _checked(row, orders.get(row.number), seen.get(row.number, row), longer.get(row.number, "")) for row in rows
    )
    return [
        _with_pieces(each, orders[each.row.number], parcels) if each.row.items and not each.code else each
        for each in checked
    ]


def _with_pieces(checked: CheckedRow, order: Order, parcels: PartsOfFile) -> CheckedRow:
    """A row that names what is in its parcel, with these pieces, or with what is wrong with them."""
    row, pieces = checked.row, pieces_named(checked.row.items)
    fault = pieces if isinstance(pieces, parts.Fault) else parcels.add(order, row.carrier, row.tracking_number, pieces)
    return replace(checked, code=fault.code, about=fault.about) if fault else replace(checked, pieces=pieces)


def _longer_numbers(store_id: int, bare: Iterable[str]) -> dict[str, str]:
    """The numbers of orders that are these with zeros before them, by what they are without."""
    wanted = [number.zfill(size) for number in bare for size in range(len(number) + 1, LONGEST_WITH_ZEROS + 1)]
    found = Order.objects.for_store(store_id).filter(number__in=wanted).order_by("-number")
    return {number.lstrip("0"): number for number in found.values_list("number", flat=True)}


def _checked(row: FileRow, order: Order | None, first: FileRow, longer: str) -> CheckedRow:
    """The row with what is wrong with it; `first` is the file's first row of this order.

    `longer` is the number of an order of the store that is this one with zeros before it.
    """
    order_id = order.pk if order is not None else None
    if row.fault:
        return CheckedRow(row, order_id, row.fault, row.cell)
    if longer:
        return CheckedRow(row, order_id, faults.ZEROS_LOST, f"{row.number_at} ({longer})")
    if row.number and first.place != row.place and not (row.items and first.items):
        about = f"{first.place} ({first.carrier[:MAX_CARRIER]} {first.tracking_number[:64]})"
        return CheckedRow(row, order_id, "duplicate_row", about)
    code = _code(row, order)
    if not code and row.tracking_at and len(row.tracking_number) < fewest_digits(row.carrier):
        return CheckedRow(row, order_id, faults.ZEROS_LOST, row.tracking_at)
    return CheckedRow(row, order_id, code)


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
