"""Every list at size: five million refunds of a thousand stores, a tenth of them one store's.

    scripts/bench volume [--refunds 5000000] [--stores 1000] [--keep DIR]

Loads them, then reads each list, tab, filter, search and count of the API and of the desk in turns for the biggest
store and for a typical one. Which addresses there are is read from the API's schema and from the desk's own links, so
that a new list is measured without being told here. How many blocks a page took and whether it went through a whole
table is what PostgreSQL counts: that holds on a busy machine where times don't. Writes docs/benchmarks-volume.md when
the sizes are the full ones. What is in DIR already isn't loaded or read again.
"""

import html
import re
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from django.core.management import call_command
from django.db import connection
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from bench import costs
from bench.volume_report import Loaded, Reading
from common import clock
from common.actors import on_command_line
from common.tenancy import system_scope, tenant_models
from orders.models import Order
from refunds.models import Refund
from refunds.states import RefundStatus
from stores.actions import create_store_key
from stores.models import Membership, Store, User

HOST = "localhost"
REPEATS = 7
WARMING = 1
TOO_LONG_MS = 3_000.0  # a page that takes so long is read twice only
BIG_TABLE_ROWS = 10_000  # of a smaller table it is cheapest to read all
NOT_LISTS = ("logout", "password", "/jsi18n", "switch", "/account/", "/export/")  # a file is as long as the store
TAKES_OTHERS = {"cursor", "store", "format", "page_size"}  # parameters that choose no rows
SEARCHES = ("{order}", "zzzznothing", "8000", "王", "1234", "SF1", "{buyer}", "{tracking}")


def load(refunds: int, stores: int) -> Loaded:
    """Load them with `load_volume`, a tenth of them into the first store."""
    used: costs.Counter = costs.Counter()
    started = time.monotonic()
    with costs.counted(used):
        call_command("load_volume", refunds=refunds, stores=stores, largest=refunds // 10, verbosity=0)
    seconds = time.monotonic() - started
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        [size] = cursor.fetchone()
    return Loaded(refunds, stores, seconds, used[costs.POSTGRESQL], size)


def is_loaded() -> bool:
    """Whether the database holds any refund."""
    with system_scope():
        return Refund.objects.exists()


def measure(known: Collection[tuple[str, str]] = ()) -> Iterator[Reading]:
    """Each address of the biggest store against the same of a typical one, in turns; without those that are `known`."""
    few, many = _sides()
    tables = Tables()
    for client, address in [*many.api_addresses(), *many.desk_addresses()]:
        if (client, unquote(address)) in known:
            continue
        reading = Reading(client, unquote(address), few.rows, many.rows)
        for turn in range(WARMING + REPEATS):
            for side, taken in ((few, reading.few_ms), (many, reading.many_ms)):
                started = time.perf_counter()
                status = side.get(client, address)
                taken.append(1000 * (time.perf_counter() - started))
                if turn == 0:
                    reading.statuses.append(status)
            if turn and max(reading.few_ms + reading.many_ms) > TOO_LONG_MS:
                break
        reading.forget(WARMING)
        reading.few_blocks, _ = tables.looked_at_by(lambda: few.get(client, address))  # noqa: B023
        reading.many_blocks, reading.whole_tables = tables.looked_at_by(lambda: many.get(client, address))  # noqa: B023
        yield reading


def _sides() -> tuple["Side", "Side"]:
    """A typical store and the biggest, of one marketplace."""
    with system_scope():
        big = Store.objects.get(code="volume-0001")
        alike = Store.objects.filter(marketplace=big.marketplace, code__startswith="volume-").exclude(pk=big.pk)
        return Side(alike.order_by("code")[0]), Side(big)


@dataclass
class Side:
    """One store: its owner at the desk, its program at the API, and what their searches name."""

    store: Store
    rows: int = 0
    names: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        done = {"actor": on_command_line("bench"), "now": clock.now()}
        with system_scope():
            _, key = create_store_key(store=self.store, name="bench volume", **done)
            owner, _ = User.objects.get_or_create(username=f"bench-{self.store.code}", defaults={"is_staff": True})
            Membership.objects.get_or_create(user=owner, store=self.store, defaults={"role": "owner"})
            refunds = Refund.objects.for_store(self.store.pk)
            self.rows = refunds.count()
            refund = refunds.filter(status=RefundStatus.AWAITING_MERCHANT).order_by("-pk")[0]
            order = Order.objects.for_store(self.store.pk).get(pk=refund.order_id)
        self.names = {
            "refund": str(refund.pk),
            "order": order.number,
            "buyer": order.buyer_id,
            "tracking": order.tracking_number,
        }
        desk = Client(SERVER_NAME=HOST, raise_request_exception=False)
        desk.force_login(owner, "stores.permissions.RoleBackend")
        program = Client(headers={"Authorization": f"Bearer {key}"}, SERVER_NAME=HOST, raise_request_exception=False)
        self.clients = {"desk": desk, "API": program}

    def get(self, client: str, address: str) -> int:
        """Read an address, in which `{order}` and its like are this store's; the status."""
        for name, text in self.names.items():
            address = address.replace(f"{{{name}}}", text)
        answer = self.clients[client].get(address)
        b"".join(answer) if answer.streaming else answer.content
        return answer.status_code

    def api_addresses(self) -> Iterator[tuple[str, str]]:
        """Every list of the schema as it comes, and once with each value of each filter; what one refund tells."""
        schema = SchemaGenerator(urlconf="config.urls").get_schema(public=True)
        for path, verbs in sorted(schema["paths"].items()):
            if "get" not in verbs or "{" in path or any(part in path for part in NOT_LISTS):
                continue
            yield "API", path
            for parameter in verbs["get"].get("parameters", ()):
                if parameter["in"] == "query" and parameter["name"] not in TAKES_OTHERS:
                    for value in _values_of(parameter):
                        yield "API", f"{path}?{urlencode({parameter['name']: value}, safe='{}')}"
        for of_one in ("refunds/{refund}/", "refunds/{refund}/offer-options/", "orders/{order}/"):
            yield "API", f"/api/v1/{of_one}"

    def desk_addresses(self) -> Iterator[tuple[str, str]]:
        """Every page of the menu with each tab and filter that it links to, and searches of the lists that have one."""
        menu = {urlsplit(link).path for link in self._links("/admin/")}
        for page in sorted(path for path in menu if path.startswith("/admin/")):
            if any(part in page for part in NOT_LISTS):
                continue
            yield "desk", page
            if page == "/admin/":
                continue
            body = self._body(page)
            parts = {urlsplit(link).query for link in self._links(page) if urlsplit(link).path == page}
            yield from (("desk", f"{page}?{part}") for part in sorted(parts - {""}))
            if 'name="q"' in body:
                yield from (("desk", f"{page}?{urlencode({'q': words}, safe='{}')}") for words in SEARCHES)
        yield "desk", "/admin/refunds/refund/{refund}/change/"

    def _body(self, page: str) -> str:
        return self.clients["desk"].get(page).content.decode()

    def _links(self, page: str) -> list[str]:
        found = re.findall(r'href="([^"]+)"', self._body(page))
        return [urljoin(page, html.unescape(link)) for link in found]


def _values_of(parameter: dict) -> list[str]:
    """What to ask for by a filter: each of its choices, or something that there is."""
    schema, name = parameter["schema"], parameter["name"]
    schema = schema.get("items", schema)
    if "enum" in schema:
        return [str(value) for value in schema["enum"] if value not in ("", None)]
    if schema.get("type") == "boolean":
        return ["true", "false"]
    if schema.get("format") == "date-time":
        day = (clock.now() - timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)
        return [day.isoformat()]  # the same for a run that goes on from another one
    if schema.get("format") == "date":
        return [(clock.now() - timedelta(days=30)).date().isoformat()]
    if name == "q":
        return list(SEARCHES)
    known = {"order": "{order}", "refund": "{refund}", "topic": "{refund}", "buyer": "{buyer}", "item_id": "8000"}
    return [known.get(name, "1" if schema.get("type") == "integer" else "nothing")]


class Tables:
    """What PostgreSQL counts of the stores' big tables."""

    _COUNTS = "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = ANY (%s)"
    _BLOCKS = "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
    _ROWS = "SELECT relname FROM pg_class WHERE relname = ANY (%s) AND reltuples >= %s"

    def __init__(self) -> None:
        names = [model._meta.db_table for model in tenant_models()]
        with connection.cursor() as cursor:
            cursor.execute(self._ROWS, [names, BIG_TABLE_ROWS])
            self.big = [name for (name,) in cursor.fetchall()]
        self.own = 0
        self.own = min(self.looked_at_by(lambda: None)[0] for _ in range(3))  # what the looking itself takes

    def looked_at_by(self, read) -> tuple[int, list[str]]:
        """How many blocks `read` takes, and the big tables through which it goes from end to end."""
        before, blocks_before = self._counts()
        read()
        after, blocks_after = self._counts()
        blocks = max(0, blocks_after - blocks_before - self.own)
        return blocks, sorted(name for name, scans in after.items() if scans > before[name])

    def _counts(self) -> tuple[dict[str, int], int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
        with connection.cursor() as cursor:  # in autocommit: the statement before has been counted
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(self._COUNTS, [self.big])
            scans = dict(cursor.fetchall())
            cursor.execute(self._BLOCKS)
            return scans, cursor.fetchone()[0]
