"""(f) Connected shops: fetching the past of one, and how long a change takes to reach the desk of fifty."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from bench import raw
from bench.report import Figure
from bench.server import application
from common import clock
from common.actors import on_command_line
from common.tenancy import system_scope, tenant_scope
from config.embedded.paths import ROOT
from connectors import limits
from connectors.connecting import connect_shop
from connectors.looking_back import fetch_past
from connectors.messages import push_address
from connectors.models import Connection, MirroredRefund
from connectors.port import Secret
from connectors.working import work_on_shops
from stores import actions as store_actions
from stores.models import Store

ACTOR = on_command_line("bench")
APART_S = 60.0  # between two refunds of the past
PATIENCE_S = 120
# The rows that one refund of the past becomes, by the order that they hang on.
ROWS = {
    "orders_order": "SELECT t.id, to_json(t) FROM orders_order t WHERE t.store_id = %s",
    "orders_orderline": "SELECT t.order_id, to_json(t) FROM orders_orderline t WHERE t.store_id = %s",
    "refunds_refund": "SELECT t.order_id, to_json(t) FROM refunds_refund t WHERE t.store_id = %s",
    "refunds_refundline": "SELECT r.order_id, to_json(t) FROM refunds_refundline t "
    "JOIN refunds_refund r ON r.id = t.refund_id WHERE t.store_id = %s",
    "payments_payment": "SELECT t.order_id, to_json(t) FROM payments_payment t WHERE t.store_id = %s",
    "payments_transfer": "SELECT p.order_id, to_json(t) FROM payments_transfer t "
    "JOIN payments_payment p ON p.id = t.payment_id WHERE t.store_id = %s",
    "common_event": "SELECT r.order_id, to_json(t) FROM common_event t JOIN refunds_refund r ON r.id = t.topic_id "
    "WHERE t.store_id = %s",
    "connectors_mirroredrefund": "SELECT r.order_id, to_json(t) FROM connectors_mirroredrefund t "
    "JOIN refunds_refund r ON r.id = t.refund_id WHERE t.store_id = %s",
}
PAST_NOTE = (
    "{refunds:,} refunds of one shop at a fake of Taobao in another process, a minute apart, nine in ten of them over, "
    "fetched by one worker in turns of up to 20 s: {calls:.0f} calls for 1,000 refunds, {cpu:.1f} ms of the worker's "
    "CPU for each. The raw side "
    "inserts the very same rows, one transaction for each refund, prepared."
)
DELAY_NOTE = (
    "{shops} shops of Kuaishou, two web processes, a worker of two and beat; a buyer asks in every shop at once. "
    "The delay ends when the refund is there for the desk. Polled shops had a change in the last five minutes."
)


def measure(log_dir: Path, *, refunds: int, shops: int) -> Iterator[Figure]:
    """Both."""
    yield _past(refunds)
    yield _delay(log_dir, shops)


def _past(refunds: int) -> Figure:
    with _fakes("taobao", 1, refunds, APART_S) as (url,), _counted() as calls:
        store = _open_store("bench-past", "tmall")
        connection = _connect(store, url)
        since = max(clock.now() - timedelta(minutes=20, seconds=refunds * APART_S), clock.now() - timedelta(days=900))
        with tenant_scope(store.pk):
            fetch_past(store_id=store.pk, since=since, actor=ACTOR, now=clock.now())
        rates, done, cpu = [], 0, time.process_time()
        calls.clear()
        while done < refunds:
            counts: Counter[str] = Counter()
            started = time.perf_counter()
            if not work_on_shops(ids=[connection.pk], counts=counts):
                break
            if counts["changed"]:
                rates.append(counts["changed"] / (time.perf_counter() - started))
            done += counts["changed"]
        cpu = time.process_time() - cpu
    if done != refunds:
        raise RuntimeError(f"{done} of {refunds} refunds arrived.")
    note = PAST_NOTE.format(refunds=refunds, calls=1000 * sum(calls.values()) / done, cpu=1000 * cpu / done)
    return Figure(
        f"fetching the past, {refunds:,} refunds",
        rates,
        _raw_rates(store),
        "raw INSERT of the same rows",
        "refunds/s",
        note=note,
    )


def _raw_rates(store: Store) -> Sequence[float]:
    """Refunds a second when their rows are only inserted, in ten parts."""
    with raw.connect() as connection:
        by_order: dict[str, list[tuple[str, str]]] = {}
        with connection.transaction():
            connection.execute(raw.SCOPE, ["*"])
            for table, rows in ROWS.items():
                for order_id, row in connection.execute(rows, [store.pk]):
                    by_order.setdefault(str(order_id), []).append((table, json.dumps(row)))
        inserts = {}
        for table in ROWS:
            connection.execute(f"CREATE TABLE raw_{table} (LIKE {table} INCLUDING ALL)")
            columns = ", ".join(
                name
                for (name,) in connection.execute(
                    "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
                    "AND NOT attisdropped AND attgenerated = ''",
                    [table],
                )
            )
            source = f"json_populate_record(NULL::raw_{table}, %s)"
            inserts[table] = (
                f"INSERT INTO raw_{table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {source}"
            )
        rates, orders = [], list(by_order.values())
        part = max(1, len(orders) // 10)
        for first in range(0, len(orders) - part + 1, part):
            started = time.perf_counter()
            for rows in orders[first : first + part]:
                with connection.transaction():
                    for table, row in rows:
                        connection.execute(inserts[table], [row], prepare=True)
            rates.append(part / (time.perf_counter() - started))
        return rates


def _delay(log_dir: Path, shops: int) -> Figure:
    with _fakes("kuaishou", shops, 0, 0) as urls:
        connections = {}
        for number, url in enumerate(urls):
            connections[url] = _connect(_open_store(f"bench-shop-{number}", "kuaishou"), url)
        with application(log_dir, beat=True) as port:
            _changes(urls)  # the first makes every shop a lively one
            for url, connection in connections.items():
                _tell(url, "set", {"push_to": f"http://127.0.0.1:{port}{push_address(connection)}"})
            pushed = _changes(urls)
            for url in urls:
                _tell(url, "set", {"push_to": ""})
            polled = _changes(urls)
    return Figure(
        f"change → desk at {shops} shops, pushed",
        pushed,
        polled,
        "found by polling alone",
        "s",
        less_is_better=True,
        note=DELAY_NOTE.format(shops=shops),
    )


def _changes(urls: Sequence[str]) -> list[float]:
    """A buyer asks in each shop: the seconds until each refund is here."""
    asked = {}
    for url in urls:
        started = time.perf_counter()
        asked[url, str(_tell(url, "refunds", {})["refundId"])] = started
    delays, ends_at = [], time.perf_counter() + PATIENCE_S
    while asked and time.perf_counter() < ends_at:
        with system_scope():
            here = MirroredRefund.objects.filter(platform_id__in={refund for _url, refund in asked})
            found = set(here.values_list("connection__base_url", "platform_id"))
        now = time.perf_counter()
        delays += [now - asked.pop(each) for each in found & set(asked)]
        time.sleep(0.05)
    if asked:
        raise RuntimeError(f"{len(asked)} changes did not arrive within {PATIENCE_S} s.")
    return delays


def _open_store(code: str, marketplace: str) -> Store:
    with system_scope():
        done = {"actor": ACTOR, "now": clock.now()}
        return store_actions.create_store(code=code, name=code, marketplace=marketplace, **done)


def _connect(store: Store, url: str) -> Connection:
    keys = _tell(url, "keys")
    return connect_shop(
        store=store,
        app_key=keys["app_key"],
        secrets={each: keys[each] for each in Secret if each in keys},
        access_token=keys["access_token"],
        refresh_token=keys["refresh_token"],
        base_url=url,
        actor=ACTOR,
        now=clock.now(),
    )


@contextmanager
def _fakes(name: str, shops: int, refunds: int, every_s: float) -> Iterator[list[str]]:
    command = [sys.executable, "-m", "bench.fakes", name, str(shops), str(refunds), str(every_s)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield [process.stdout.readline().strip() for _ in range(shops)]
    finally:
        process.terminate()
        process.wait(10)


def _tell(url: str, what: str, told: dict | None = None):
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET" if told is None else "POST", f"/_fake/{what}", None if told is None else json.dumps(told))
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    """Count what is asked of platforms, by the call's name."""
    calls: Counter[str] = Counter()
    wait_for_room = limits.wait_for_room

    def counted(call: str) -> None:
        calls[call] += 1
        wait_for_room(call)

    limits.wait_for_room = counted
    try:
        yield calls
    finally:
        limits.wait_for_room = wait_for_room
