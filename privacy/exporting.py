"""Everything that is kept of a buyer as one file: a ZIP with a JSON file for each table, and the evidence as it is."""

import json
import shutil
import zipfile
from collections.abc import Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from common.holdings import all_holdings
from common.obligations import Obligation
from common.personal import Holding, Whose
from orders.models import Order
from privacy.models import BuyerRequest
from privacy.reading import rows_of
from refunds.models import Refund

FORMAT = 1
# Columns that name people of the store, and what only workers need: no data of the buyer.
PEOPLE = {
    "author",
    "actor_id",
    "actor_label",
    "granted_by",
    "sent_by",
    "sent_by_label",
    "asked_by",
    "actor",
    "recorded_by",
}
LEFT_OUT = {*Obligation.WORK_FIELDS, "stored_as", "store"}


def write_export(request: BuyerRequest, orders: Sequence[Order], now: datetime) -> int:
    """Write the file of a request about these orders into the storage; returns its bytes."""
    refunds = Refund.objects.for_store(request.store_id).filter(order__in=orders)
    topics = [*(order.pk for order in orders), *refunds.values_list("pk", flat=True)]
    with TemporaryFile() as written:
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            counts = {
                holding.model._meta.label_lower: _write_table(archive, holding, rows_of(holding, orders, topics))
                for holding in all_holdings()
                if holding.is_about_buyers and not holding.go and orders
            }
            about = {"format": FORMAT, "store": request.store.code, "made_at": now, "rows": counts}
            archive.writestr("about.json", json.dumps(about, cls=DjangoJSONEncoder, indent=1))
        size = written.tell()
        written.seek(0)
        default_storage.delete(request.stored_as)  # what a worker wrote that died
        default_storage.save(request.stored_as, File(written))
    return size


def _write_table(archive: zipfile.ZipFile, holding: Holding, rows: models.QuerySet) -> int:
    """One table as a JSON array, row by row; the files that rows name beside it. Returns how many rows."""
    count, files = 0, []
    with archive.open(f"data/{holding.model._meta.label_lower}.json", "w", force_zip64=True) as out:
        out.write(b"[")
        for row in rows.order_by("pk").iterator(chunk_size=500):
            told = _told(holding, row)
            if holding.files:
                name = getattr(row, holding.files)
                told["file"] = f"files/{row.pk}.{name.rpartition('.')[2]}"
                files.append((name, told["file"]))
            separator = b",\n" if count else b"\n"
            out.write(separator + json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False).encode())
            count += 1
        out.write(b"\n]\n")
    for name, place in files:
        if default_storage.exists(name):
            with default_storage.open(name) as file, archive.open(place, "w", force_zip64=True) as out:
                shutil.copyfileobj(file, out)
    return count


def _told(holding: Holding, row: models.Model) -> dict[str, Any]:
    """What a row says, by the names of its columns."""
    told = {}
    for column in row._meta.concrete_fields:
        if column.name in LEFT_OUT or isinstance(column, models.GeneratedField):
            continue
        value = getattr(row, column.attname)
        if column.name in PEOPLE and not _is_buyers(holding, column.name, row):
            continue
        told[column.name] = value.hex() if isinstance(value, bytes | memoryview) else value
    return told


def _is_buyers(holding: Holding, name: str, row: models.Model) -> bool:
    """Whether this row's column is about the buyer: then it would be erased."""
    held, value = holding.held.get(name), getattr(row, name)
    return held is not None and held.erase(value, row, Whose(value.removeprefix("buyer:"), "-")) != value
