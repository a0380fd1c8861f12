"""Import of tracking numbers: a file becomes a job with its rows (K2).

A person looks at them and confirms, or a client imports the file in one go. A small file is read at once, any other by
a worker (receiving).

The rows wait in a table of their own because orders are locked in the order of their ids, whatever the file's
order, and because what a person has seen is what is shipped. A worker that dies leaves the job as it was before;
the next one begins anew.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, NotFound, WanliuError, refuse_if
from common.progress import note_progress
from common.rows import new_row
from common.sentences import sentence as _
from common.writes import WriteSet
from orders.erp.cells import printable
from orders.erp.checking import MAX_ABOUT, CheckedRow, check, detail_of
from orders.erp.events import SHIPMENT_FILE_CONFIRMED, SHIPMENT_FILE_UPLOADED
from orders.erp.prints import PrintOfRows
from orders.erp.reading import Patience, ReadFile, read_rows
from orders.erp.running import RowsRefused, ship_rows, tell_worker
from orders.models.shipment_import import ImportRow, ShipmentImport
from orders.why_not import why_not_confirm_import
from stores.models import Store

MOST_SHOWN = 200
CHECKING = "checking"  # the step after the reading


@dataclass(frozen=True)
class RowProblem:
    """A row that keeps the file from being imported; `place` is its row in the spreadsheet."""

    place: int
    order: str
    code: str
    about: str = ""

    @property
    def detail(self) -> str:
        """What is wrong, in words."""
        return detail_of(self.code, self.about)


@dataclass
class ImportRefused(WanliuError):
    """Nothing was imported: `wrong` of `total` rows can't be shipped, of which these are the first."""

    total: int
    wrong: int
    problems: Sequence[RowProblem]


def preview(store_id: int, file: IO[bytes]) -> tuple[int, list[RowProblem]]:
    """(rows, problems) of a file; nothing is kept. Invalid (`file`) when it can't be read."""
    total, problems = 0, []
    for batch in check(store_id, read_rows(file).rows):
        total += len(batch)
        problems += [RowProblem(each.row.place, each.row.number, each.code, each.about) for each in batch if each.code]
    return total, problems


@action
def stage_import(
    *, store: Store, file: IO[bytes], name: str, actor: Actor, now: datetime, patience: Patience | None = None
) -> ShipmentImport:
    """Keep the file's rows, each with what is wrong with it, for a person to look at.

    Invalid (`file`) for an unreadable file, and before anything is written.
    """
    read = read_rows(file, patience=patience)
    job = ShipmentImport(store=store, actor=asdict(actor), file_name=safe_name(name), created_at=now)
    writes = WriteSet()
    writes.insert(job)
    writes.flush()
    keep_rows(job=job, read=read, actor=actor, now=now)
    return job


@action
def keep_rows(*, job: ShipmentImport, read: ReadFile, actor: Actor, now: datetime) -> None:
    """Check what was read of the job's file and keep its rows; a thousand take two statements.

    Invalid (`file`) for a file without any.
    """
    writes = WriteSet()
    shown = PrintOfRows()
    total = wrong = 0
    for batch in check(job.store_id, read.rows):
        for each in batch:
            row = _row(job, each)
            writes.insert(row)
            shown.add(row)
            wrong += bool(each.code)
        total += len(batch)
        writes.flush()
        note_progress(job, total, of=read.count, step=CHECKING)
    if not total:
        raise Invalid("file", _("The file has no rows below its header."), "empty")
    job.take_rows(total=total, wrong=wrong, rows_sha256=shown.hexdigest())
    writes.update(job, "status", "total", "wrong", "rows_sha256")
    facts = {"file_name": job.file_name, "rows": total, "wrong": wrong}
    writes.event(SHIPMENT_FILE_UPLOADED, job, topic=job, at=now, actor=actor, rule="K2", **facts)
    writes.flush()


def _row(job: ShipmentImport, checked: CheckedRow) -> ImportRow:
    row = checked.row
    return new_row(
        ImportRow,
        store_id=job.store_id,
        job_id=job.pk,
        place=row.place,
        number=printable(row.number)[:64],
        carrier=printable(row.carrier)[:50],
        tracking_number=printable(row.tracking_number)[:64],
        pieces=checked.pieces,
        order_id=checked.order_id,
        code=checked.code,
        about=printable(checked.about)[:MAX_ABOUT],
    )


def safe_name(name: str) -> str:
    """A file's name as it is kept and shown."""
    return "".join(letter for letter in name if letter.isprintable())[-200:] or "file"


def lock_import(*, store_id: int, job_id: UUID | str) -> ShipmentImport:
    """Load a job and lock it. NotFound when missing."""
    jobs = ShipmentImport.objects.for_store(store_id).select_related("store")
    job = jobs.select_for_update(of=("self",), no_key=True).filter(pk=job_id).first()
    if job is None:
        raise NotFound
    return job


@action
def confirm_import(*, store_id: int, job_id: UUID | str, actor: Actor, now: datetime) -> ShipmentImport:
    """A person has seen the preview: tell a worker.

    Refused `import_has_errors`, or `invalid_transition` the second time.
    """
    job = lock_import(store_id=store_id, job_id=job_id)
    refuse_if(why_not_confirm_import(job))
    confirm(job=job, actor=actor, now=now)
    return job


@action
def confirm(*, job: ShipmentImport, actor: Actor, now: datetime) -> None:
    """Let a worker ship a locked job's orders, in the name of the actor."""
    job.confirm(now=now)
    job.make_due()
    job.actor = asdict(actor)
    writes = WriteSet()
    writes.update(job, "confirmed_at", "actor", *job.WORK_FIELDS)
    facts = {"file_name": job.file_name, "rows": job.total}
    writes.event(SHIPMENT_FILE_CONFIRMED, job, topic=job, at=now, actor=actor, rule="K2", **facts)
    writes.hint(tell_worker, job.pk)
    writes.flush()


@action
def import_now(*, store: Store, file: IO[bytes], name: str, actor: Actor, now: datetime) -> ShipmentImport:
    """Check and ship a file in the caller's transaction, which must end with ImportRefused.

    Invalid for an unreadable one.
    """
    job = stage_import(store=store, file=file, name=name, actor=actor, now=now)
    if job.wrong:
        raise ImportRefused(job.total, job.wrong, problems_of(job, MOST_SHOWN))
    job.confirm(now=now)
    writes = WriteSet()
    writes.update(job, "status", "confirmed_at")
    writes.flush()
    try:
        ship_rows(job=job, actor=actor, now=now)
    except RowsRefused as refused:
        codes = dict(refused.rows[:MOST_SHOWN])
        rows = ImportRow.objects.for_store(store.pk).filter(pk__in=list(codes)).order_by("place")
        problems = [RowProblem(row.place, row.number, codes[row.pk]) for row in rows]
        raise ImportRefused(job.total, len(refused.rows), problems) from refused
    return job


def problems_of(job: ShipmentImport, most: int) -> list[RowProblem]:
    """The first `most` rows with errors."""
    wrong = ImportRow.objects.for_store(job.store_id).filter(job=job).exclude(code="").order_by("place")[:most]
    return [RowProblem(row.place, row.number, row.code, row.about) for row in wrong]
