"""An uploaded file on its way to a worker: kept in pieces as it came, read and checked outside of any request (K2).

The pieces lie in the database, so that a file is there when its job is, on whichever machine the worker runs, and
gone with it: whatever dies in between leaves either a file to be read or nothing.
"""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import IO
from uuid import UUID

from django.db import transaction

from common import clock, workers
from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import Busy, Invalid
from common.hints import tell_of
from common.progress import note_progress
from common.sentences import kept
from common.tenancy import tenant_scope
from common.writes import WriteSet
from orders.erp.events import SHIPMENT_FILE_RECEIVED, SHIPMENT_FILE_UNREADABLE
from orders.erp.imports import confirm, keep_rows, safe_name, stage_import
from orders.erp.reading import AT_ONCE, BY_A_WORKER, ReadFile, TooSlow, read_rows, size_of
from orders.erp.sheets.limits import MIB
from orders.models.shipment_import import FilePart, ShipmentImport
from orders.states import ImportStatus
from stores.models import Store

READING = "reading"  # the step before the checking
PART_BYTES = MIB

# A file of up to so many bytes is read in the call that brings it: that takes less than a second.
AT_ONCE_BYTES = 100_000

tell_worker = partial(tell_of, "orders.tasks.read_shipment_files")


@action
def bring_file(*, store: Store, file: IO[bytes], name: str, actor: Actor, now: datetime) -> ShipmentImport:
    """Read a small file at once, and leave any other to a worker.

    Invalid (`file`) for a small one that can't be read, and for one that is too large.
    """
    if size_of(file) <= AT_ONCE_BYTES:
        with suppress(TooSlow, Busy):  # nothing has been written by then
            return stage_import(store=store, file=file, name=name, actor=actor, now=now, patience=AT_ONCE)
    return receive_file(store=store, file=file, name=name, actor=actor, now=now)


@action
def receive_file(
    *, store: Store, file: IO[bytes], name: str, actor: Actor, now: datetime, ships_at_once: bool = False
) -> ShipmentImport:
    """Keep a file for a worker to read, and to ship as well if that is asked and all of its rows are right.

    Invalid (`file`) for one that is too large.
    """
    size = size_of(file)
    job = ShipmentImport(
        store=store, actor=asdict(actor), file_name=safe_name(name), ships_at_once=ships_at_once, created_at=now
    )
    job.make_due()
    writes = WriteSet()
    writes.insert(job)
    facts = {"file_name": job.file_name, "bytes": size}
    writes.event(SHIPMENT_FILE_RECEIVED, job, topic=job, at=now, actor=actor, rule="K2", **facts)
    writes.hint(tell_worker, job.pk)
    writes.flush()
    for place, content in enumerate(iter(lambda: file.read(PART_BYTES), b"")):
        FilePart.objects.create(store=store, job=job, place=place, content=content)
    return job


def read_files(*, ids: Sequence[UUID] | None = None, limit: int = 1) -> int:
    """Read and check files that came (of these ids, if given); returns how many were taken up.

    Safe to run anywhere, any number of times, and to kill at any moment: a file is kept until its rows are.
    """
    due = ShipmentImport.objects.filter(status=ImportStatus.READING)
    due = due if ids is None else due.filter(pk__in=ids)

    def take(job: ShipmentImport, read: ReadFile | Invalid) -> None:
        take_in(job=job, read=read, actor=SYSTEM, now=clock.now())

    return workers.do_due(due, take, before=_read, limit=limit)


def _read(job: ShipmentImport) -> ReadFile | Invalid:
    """What a job's file holds, or why it can't be read: outside of any transaction, since it takes seconds."""
    with tempfile.TemporaryFile() as file:
        with transaction.atomic(), tenant_scope(job.store_id):
            parts = FilePart.objects.filter(job=job).order_by("place")
            for content in parts.values_list("content", flat=True).iterator(1):
                file.write(content)
        try:
            return read_rows(file, patience=BY_A_WORKER, told=partial(_note, job))
        except Invalid as fault:
            return fault


def _note(job: ShipmentImport, rows: int, of: int) -> None:
    note_progress(job, rows, of=of, step=READING)


@action
def take_in(*, job: ShipmentImport, read: ReadFile | Invalid, actor: Actor, now: datetime) -> None:
    """Keep the rows of a held job's file, or why it can't be read; the file itself goes.

    One that ships at once is confirmed in the name of whoever brought it, if every row is right.
    """
    brought_by = Actor(**job.actor)
    FilePart.objects.for_store(job.store_id).filter(job=job).delete()
    try:
        if isinstance(read, Invalid):
            raise read
        keep_rows(job=job, read=read, actor=brought_by, now=now)
    except Invalid as fault:
        job.refuse(code=fault.code, detail=fault.detail, now=now)
        writes = WriteSet()
        facts = {"file_name": job.file_name, "code": fault.code, "reason": kept(fault.detail)}
        writes.event(SHIPMENT_FILE_UNREADABLE, job, topic=job, at=now, actor=actor, rule="K2", **facts)
        writes.flush()
        return
    if job.ships_at_once and job.is_clean:
        confirm(job=job, actor=brought_by, now=now)
