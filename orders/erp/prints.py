"""What tells whether the rows that are shipped are those that a person was shown."""

import hashlib
import json

from orders.models.shipment_import import ImportRow


class PrintOfRows:
    """A print of rows without errors, in whatever order they are added.

    Each row's order, carrier and tracking number, and what is in its parcel where the file says so.
    """

    def __init__(self):
        self._sum = 0

    def add(self, row: ImportRow) -> None:
        """Count a row in; one with an error is never shipped, and isn't counted."""
        if row.code:
            return
        text = "\0".join((str(row.order_id), row.carrier, row.tracking_number))
        if row.pieces is not None:
            text += "\0" + json.dumps(row.pieces, sort_keys=True)
        self._sum += int.from_bytes(hashlib.sha256(text.encode()).digest())

    def hexdigest(self) -> str:
        """64 hexadecimal digits; another set of rows has others."""
        return hashlib.sha256(str(self._sum).encode()).hexdigest()
