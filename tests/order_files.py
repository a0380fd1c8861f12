"""Files of shipments as an ERP sends them back, for the tests about them."""

import csv
import io

import openpyxl

IMPORT = "orders/import-shipments/"
HEADER = ["order_number", "carrier", "tracking_number"]


def table(rows, header=HEADER) -> bytes:
    """A csv file."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def workbook(rows, header=HEADER) -> bytes:
    """An xlsx file."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in [header, *rows]:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def shipment(shop, place=1, order=None):
    """The row that ships an order, by default a new one."""
    order = order or shop.order(shipped=False)
    return [order.number, "SF", f"T{place}"]
