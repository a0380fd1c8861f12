"""(e) The ERP's round trip against raw SQL: orders into a file, tracking numbers out of one, and memory used."""

import csv
import io
import json
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import IO

import psycopg
from django.db import connections, transaction

from bench import costs, raw, world
from bench.report import Figure
from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import tenant_scope
from common.writes import WriteSet
from orders.erp.export import COLUMNS, ExportFormat, export_orders, write_table
from orders.erp.imports import import_now, stage_import
from orders.erp.reading import BY_A_WORKER
from orders.events import ORDER_SHIPPED
from orders.models import Order
from stores.models import Store

ERP = Actor(ActorKind.MERCHANT, "bench", "bench")
PRICE = Decimal("59.00")
FEW = 1000
ROUNDS = 3
READINGS = 2
GOALS = {ExportFormat.CSV: 0.5, ExportFormat.XLSX: 0.2}
READ_WITHIN_S = {ExportFormat.CSV: 10.0, ExportFormat.XLSX: 15.0}  # 100,000 orders

NOTE = (
    "{count:,} orders of one line in one store. Exporting writes the file to disk from a server-side cursor, the raw "
    "side the same columns with one statement and csv.writer. Importing reads a csv, looks every order up, stages the "
    "rows, locks the orders by id and ships them with event, shipment and the message to the worker, all in one "
    "transaction; the raw side copies the parsed rows into a temporary table and does the same in one statement. "
    "Reading is what a worker does before anybody looks: our own export with carriers and numbers filled in is read by "
    "the limited process, every row is checked and kept. "
    "Memory is what a process of its own grew by; {few:,} orders are what any file needs."
)

EXPORT = """
    SELECT o.number, o.status, o.paid_at, o.ship_by, o.buyer_id, o.buyer_name, o.address,
           string_agg(l.item_id || '*' || l.quantity, ';'), string_agg(l.title, ';'), sum(l.quantity), o.paid_amount,
           o.carrier, o.tracking_number, o.address_name, o.address_phone, o.address_province, o.address_city,
           o.address_district, o.address_detail
    FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
    WHERE o.store_id = %s AND o.awaits_shipping GROUP BY o.id ORDER BY o.ship_by, o.id
"""
STAGE = """
    CREATE TEMP TABLE rows ON COMMIT DROP AS
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) AS r(number, carrier, tracking_number)
"""
SHIP = f"""
    WITH o AS MATERIALIZED (
        SELECT o.id, o.store_id, o.address, r.carrier, r.tracking_number
        FROM rows r JOIN orders_order o ON o.store_id = %(store)s AND o.number = r.number
        WHERE o.awaits_shipping ORDER BY o.id FOR NO KEY UPDATE OF o
    ), shipped AS (
        UPDATE orders_order t SET status = 'shipped', carrier = o.carrier, tracking_number = o.tracking_number,
               shipped_at = %(now)s
        FROM o WHERE t.id = o.id
    ), s AS (
        INSERT INTO orders_shipment (id, store_id, order_id, topic_id, direction, port, carrier, tracking_number,
                                     address,
                                     status, task, next_attempt_at, attempts, needs_attention, last_error, created_at)
        SELECT uuidv7(), store_id, id, id, 'outbound', 'sandbox', carrier, tracking_number, address, 'announced',
               'create_pickup', %(now)s, 0, false, '', %(now)s
        FROM o
    ), e AS (
        INSERT INTO common_event (store_id, at, name, subject_type, subject_id, topic_id, from_state, to_state,
                                  actor_kind, actor_id, actor_label, rule, data)
        SELECT store_id, %(now)s, '{ORDER_SHIPPED}', 'order', id, id, 'unshipped', 'shipped', 'merchant',
               'bench', 'bench',
               'K2', jsonb_build_object('carrier', carrier, 'tracking_number', tracking_number)
        FROM o
    )
    SELECT count(*) FROM o
"""


def measure(store: Store, *, count: int) -> Iterator[Figure]:
    """Orders a second both ways, and how much a process grows by."""
    note = NOTE.format(count=count, few=FEW)
    _place(store, count)
    with raw.connect() as connection:
        for kind in ExportFormat:
            ours, reference = [], []
            used, by_raw = Counter(), Counter()
            for _ in range(ROUNDS):
                with costs.counted(used):
                    ours.append(_timed(count, lambda kind=kind: _export(store, kind)))
                with costs.counted(by_raw):
                    reference.append(_timed(count, lambda: _raw_export(connection, store)))
            yield Figure(
                f"export of {count:,} orders, {kind}",
                ours,
                reference,
                "SQL and csv",
                "orders/s",
                goal=GOALS[kind],
                note=note,
                cpu=costs.against(used, by_raw, ROUNDS * count),
            )
            note = ""
        for kind in ExportFormat:
            yield _reading(store, kind, count)
        memory = {size: _grown(lambda size=size: _export(store, ExportFormat.XLSX, size)) for size in (FEW, count)}
        yield _memory("export to xlsx", memory)
        numbers = _waiting(store)
        few, many, by_sql = numbers[:FEW], numbers[FEW : FEW + count // 2], numbers[FEW + count // 2 :]
        memory = {FEW: _grown(lambda: _import(store, few))}
        seconds, memory[count // 2] = _grown_and_timed(lambda: _import(store, many))
        reference = _timed(len(by_sql), lambda: _raw_import(connection, store, by_sql))
        yield Figure(
            f"import of {count // 2:,} orders", [len(many) / seconds], [reference], "one statement", "orders/s"
        )
        yield _memory("import of csv", memory)


def _place(store: Store, count: int) -> None:
    """Orders that wait, in the size that is measured and some for the small file."""
    now = clock.now()
    for first in range(0, count + FEW, world.CHUNK):
        writes = WriteSet()
        for number in range(first, min(first + world.CHUNK, count + FEW)):
            order = world.order_to_ship(store, f"F{number:08d}", now + timedelta(seconds=number))
            writes.insert(order)
            writes.insert(world.line_of(order))
        with tenant_scope(store.pk):
            writes.flush()


def _timed(count: int, run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return count / (time.perf_counter() - started)


def _export(store: Store, kind: ExportFormat, most: int | None = None) -> None:
    with tenant_scope(store.pk):
        orders = Order.objects.for_store(store.pk).to_ship().in_shipping_order()
        export_orders(
            store=store, orders=orders[:most], format=kind, filter="bench", actor=ERP, now=clock.now()
        ).close()


def _raw_export(connection: psycopg.Connection, store: Store) -> None:
    with connection.transaction(), open(os.devnull, "w") as file:
        connection.execute(raw.SCOPE, [str(store.pk)])
        with connection.cursor(name="export") as cursor:
            cursor.execute(EXPORT, [store.pk])
            csv.writer(file).writerows(cursor)


def _reading(store: Store, kind: ExportFormat, count: int) -> Figure:
    """Seconds from a file that has come to the preview that somebody can look at."""
    used: Counter = Counter()
    seconds = []
    with _filled_in(store, kind, count) as file:
        for _ in range(READINGS):
            with costs.counted(used):
                seconds.append(count / _timed(count, lambda: _stage(store, file, count)))
    return Figure(
        f"reading, checking and keeping {count:,} orders, {kind}",
        seconds,
        [READ_WITHIN_S[kind] * count / 100_000],
        "the goal",
        "s",
        goal=1.0,
        less_is_better=True,
        cpu=costs.told(used, READINGS * count),
    )


def _filled_in(store: Store, kind: ExportFormat, count: int) -> IO[bytes]:
    """Our own export as it comes back from a warehouse."""
    with tenant_scope(store.pk):
        orders = Order.objects.for_store(store.pk).to_ship().in_shipping_order()[:count]
        exported = export_orders(
            store=store, orders=orders, format=ExportFormat.CSV, filter="bench", actor=ERP, now=clock.now()
        )
    with io.TextIOWrapper(exported, "utf-8-sig", newline="") as text:
        header, *rows = csv.reader(text)
    carrier, tracking_number = (list(COLUMNS).index(name) for name in ("carrier", "tracking_number"))
    for row in rows:
        row[carrier], row[tracking_number] = "SF", f"SF{row[0]}"
    return write_table(header, rows, kind)


def _stage(store: Store, file: IO[bytes], count: int) -> None:
    """Read the file as a worker does; nothing of it stays."""
    with tenant_scope(store.pk):
        job = stage_import(store=store, file=file, name="erp", actor=ERP, now=clock.now(), patience=BY_A_WORKER)
        if (job.total, job.wrong) != (count, 0):
            raise RuntimeError(f"Read {job.total} rows, {job.wrong} of them wrong, instead of {count}.")
        transaction.set_rollback(True)


def _waiting(store: Store) -> list[str]:
    """Numbers of the orders that wait."""
    with tenant_scope(store.pk):
        waiting = Order.objects.for_store(store.pk).to_ship().order_by("number")
        return list(waiting.values_list("number", flat=True))


def _import(store: Store, numbers: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(
        [["order_number", "carrier", "tracking_number"], *([number, "SF", f"SF{number}"] for number in numbers)]
    )
    with tenant_scope(store.pk):
        file = io.BytesIO(text.getvalue().encode())
        import_now(store=store, file=file, name="erp.csv", actor=ERP, now=clock.now())


def _raw_import(connection: psycopg.Connection, store: Store, numbers: list[str]) -> None:
    now: datetime = clock.now()
    with connection.transaction():
        connection.execute(raw.SCOPE, [str(store.pk)])
        connection.execute(STAGE, [numbers, ["SF"] * len(numbers), [f"SF{number}" for number in numbers]])
        [shipped] = connection.execute(SHIP, {"store": store.pk, "now": now}).fetchone()
    if shipped != len(numbers):
        raise RuntimeError(f"Shipped {shipped} orders instead of {len(numbers)}.")


def _grown(run: Callable[[], None]) -> float:
    return _grown_and_timed(run)[1]


def _grown_and_timed(run: Callable[[], None]) -> tuple[float, float]:
    """(seconds, MB by which a process of its own grew at most) while it ran."""
    reading, writing = os.pipe()
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            started = time.perf_counter()
            run()
            seconds = time.perf_counter() - started
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            os.write(writing, json.dumps([seconds, grown]).encode())
            os._exit(0)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", flush=True)
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    if not text:
        raise RuntimeError("The measured process failed.")
    seconds, grown = json.loads(text)
    return seconds, grown


def _memory(what: str, grown: dict[int, float]) -> Figure:
    few, many = min(grown), max(grown)
    return Figure(
        f"{what}: memory for {many:,} orders",
        [grown[many]],
        [max(grown[few], 1)],
        f"for {few:,}",
        "MB",
        less_is_better=True,
    )
