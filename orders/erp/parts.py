"""What a file says is in each of an order's parcels: `item_id*pieces` or `item_id:sku*pieces`, joined by `;` (K2).

So the export words what is to be packed. Rows of one parcel may share its pieces among them, a row for each product.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from orders.models import Order
from orders.pieces import Pieces, PiecesRequest

UNREADABLE, UNKNOWN, TWICE, NOT_LEFT = "items_unreadable", "item_unknown", "item_twice", "pieces_not_left"
MOST_OF_NAME = 120  # characters of goods that are shown

_ITEM = re.compile(r"\s*(?P<goods>[^\s*＊×].*?)\s*[*＊×]\s*(?P<pieces>\d{1,5})\s*(?:[;；]|\Z)", re.DOTALL)


class Fault(NamedTuple):
    """The code of what is wrong with a parcel's pieces, and what it is about."""

    code: str
    about: str = ""


def pieces_named(text: str) -> Pieces | Fault:
    """The pieces that a cell names; a Fault for one that can't be read or names goods twice or none of them."""
    pieces: Pieces = {}
    at = 0
    while at < len(text.rstrip("; ；")):
        item = _ITEM.match(text, at)
        if item is None or not int(item["pieces"]):
            return Fault(UNREADABLE, text[at : at + MOST_OF_NAME])
        if item["goods"] in pieces:
            return Fault(TWICE, item["goods"][:MOST_OF_NAME])
        pieces[item["goods"]] = int(item["pieces"])
        at = item.end()
    return pieces or Fault(UNREADABLE, text[:MOST_OF_NAME])


class PartsOfFile:
    """What goes into the parcels of a file, counted row by row: nothing goes into two of them."""

    def __init__(self) -> None:
        self._taken: dict[str, Counter[str]] = defaultdict(Counter)  # by the order's number
        self._in_parcel: set[tuple[str, str, str, str]] = set()

    def add(self, order: Order, carrier: str, tracking_number: str, pieces: Pieces) -> Fault | None:
        """Count a parcel's pieces in, or say which of them the order doesn't have (any more). Reads `own_lines`."""
        left = {line.goods: line.pieces_here for line in order.own_lines}
        taken = self._taken[order.number]
        for goods, count in pieces.items():
            if goods not in left:
                return Fault(UNKNOWN, goods[:MOST_OF_NAME])
            if (order.number, carrier, tracking_number, goods) in self._in_parcel:
                return Fault(TWICE, goods[:MOST_OF_NAME])
            if taken[goods] + count > left[goods]:
                return Fault(NOT_LEFT, f"{goods[:MOST_OF_NAME]} ({left[goods] - taken[goods]})")
        taken.update(pieces)
        self._in_parcel.update((order.number, carrier, tracking_number, goods) for goods in pieces)
        return None


def as_lines(of_rows: Iterable[Pieces]) -> list[PiecesRequest] | None:
    """The pieces of a parcel's rows as an order is told of them; None where no row names any: all that is left."""
    named = [(goods.partition(":"), count) for pieces in of_rows for goods, count in pieces.items()]
    lines: list[PiecesRequest] = [
        {"item_id": item_id, "sku": sku, "quantity": count} for (item_id, _colon, sku), count in named
    ]
    return lines or None
