"""The warehouse's station: a mixed pile through the real page, by a scanner's and a person's keys in a real browser.

What the machine takes of each parcel, and how many keys a person presses; what is left of an hour for three hundred
is the person's.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bench.server import HOST, application
from common import clock
from common.actors import Actor, ActorKind, on_command_line
from common.tenancy import system_scope
from orders import actions as order_actions
from refunds import opening, returns
from refunds.actions import approve_refund
from refunds.models import Refund
from refunds.states import RefundKind, RefundReason
from stores import actions as store_actions
from stores.models import Membership, Store, User
from stores.states import MemberRole

ACTOR, BUYER = on_command_line("bench"), Actor(ActorKind.BUYER, "bench", "buyer")
ITEM, PRICE = "940041", Decimal("59.00")
PASSWORD = "correct horse 9"
SCANNER_MS = 2  # between two characters of a keyboard wedge
# Kind of parcel → how many of sixty; what they are, `Pile.open` says.
PILE = {"expected": 36, "partial": 8, "damaged": 4, "shared": 4, "unclaimed": 6, "unreadable": 2}
SETTLED = "() => window.isNew !== false && document.querySelector('#scan:not([data-settles])')"


@dataclass(frozen=True)
class Parcel:
    """A parcel of the pile: what its bar code says, empty where nobody can read it."""

    kind: str
    number: str


@dataclass
class Handling:
    """What one parcel took: milliseconds of the machine, of which the server answered, and a person's keys."""

    kind: str
    machine_ms: float = 0.0
    server_ms: float = 0.0
    keys: int = 0
    pages: int = 0


@dataclass
class StationReading:
    """The pile, handled once."""

    handled: list[Handling] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Handling]:
        """Those of a kind."""
        return [each for each in self.handled if each.kind == kind]


def measure(log_dir: Path) -> StationReading:
    """Put the pile through the station. RuntimeError where a parcel doesn't end as it should."""
    store = _open_store()
    pile = list(_pile(store))
    random.Random(60).shuffle(pile)
    with application(log_dir) as port:
        reading = _in_browser(f"http://{HOST}:{port}", pile)
    _check(store, reading)
    return reading


def _open_store() -> Store:
    done = {"actor": ACTOR, "now": clock.now()}
    with system_scope():
        store = store_actions.create_store(code="station", name="Station", marketplace="pinduoduo", **done)
        product = {"item_id": ITEM, "title": "Tent", "category": "50013886", "price": PRICE}
        store_actions.upsert_products(store=store, products=[product], **done)
        told = {"contact": "收", "phone": "057985120000", "address": "义乌市稠州北路 8 号"}
        store_actions.add_return_address(store=store, **told, **done)
        user = User.objects.create_user(username="warehouse", password=PASSWORD, is_staff=True)
        Membership.objects.create(store=store, user=user, role=MemberRole.WAREHOUSE, since=clock.now())
    return store


def _pile(store: Store) -> Iterator[Parcel]:
    """Each parcel with the refunds that announced it: one of one piece, or of three, two, or none."""
    now, number = clock.now(), 70_000_000
    for kind, count in PILE.items():
        for _ in range(count):
            number += 10
            code = f"SF{number}"
            for _refund in range({"shared": 2, "unclaimed": 0, "unreadable": 0}.get(kind, 1)):
                _return(store, code, quantity=3 if kind == "partial" else 1, now=now)
            yield Parcel(kind, "" if kind == "unreadable" else code)


def _return(store: Store, number: str, *, quantity: int, now: datetime) -> None:
    paid_at = now - timedelta(days=6)
    with system_scope():
        order_number = f"S{Refund.objects.filter(store=store).count():05d}"
        data = {"number": order_number, "buyer_id": number, "buyer_name": "王小明", "paid_at": paid_at}
        data |= {"address": {"name": "王小明", "phone": "13800004321", "detail": "文三路 90 号"}}
        line = {"item_id": ITEM, "quantity": quantity, "unit_price": PRICE}
        order_actions.upsert_order(store=store, data=data, lines=[line], actor=BUYER, now=paid_at)
        of_order = {"store_id": store.pk, "number": order_number}
        parcel = {"carrier": "SF", "tracking_number": f"OUT{order_number}"}
        order_actions.ship_order(**of_order, **parcel, actor=ACTOR, now=paid_at)
        refund = opening.open_refund(
            store=store,
            order_number=order_number,
            kind=RefundKind.RETURN_AND_REFUND,
            reason=RefundReason.QUALITY,
            amount=PRICE * quantity,
            description="",
            actor=BUYER,
            now=now,
        )
        approve_refund(store_id=store.pk, refund_id=refund.pk, actor=ACTOR, now=now)
        sent = {"carrier": "SF", "tracking_number": number}
        returns.ship_return(store_id=store.pk, refund_id=refund.pk, **sent, actor=BUYER, now=now)


def _in_browser(base: str, pile: list[Parcel]) -> StationReading:
    from playwright.sync_api import sync_playwright

    from tests.browser import ARGS, CHROMIUM, DESKTOP

    reading = StationReading()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_page(viewport=DESKTOP, locale="zh-CN")
        page.on("pageerror", lambda error: reading.wrong.append(str(error)))
        page.goto(f"{base}/admin/login/")
        page.fill("[name=username]", "warehouse")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{base}/admin/")
        page.goto(f"{base}/admin/station/")
        page.wait_for_function(SETTLED)
        person = Person(page)
        person.handle(Parcel("expected", pile[0].number or "SF1"), looks_only=True)  # the first page is nobody's fault
        reading.handled = [person.handle(parcel) for parcel in pile]
        browser.close()
    return reading


class Person:
    """Somebody with a scanner at the page, who answers as soon as it takes an answer."""

    def __init__(self, page) -> None:
        self.page, self.handling = page, Handling("")
        page.on("requestfinished", self._note)

    def _note(self, request) -> None:
        if request.is_navigation_request():
            timing = request.timing
            self.handling.server_ms += max(0.0, timing["responseStart"] - timing["requestStart"])
            self.handling.pages += 1

    def handle(self, parcel: Parcel, *, looks_only: bool = False) -> Handling:
        """Scan it and answer; what that took."""
        self.handling = Handling(parcel.kind)
        if parcel.number:
            self.page.keyboard.type(parcel.number, delay=SCANNER_MS)
            self._settle("Enter", keys=0)  # the scanner's own
        else:
            self._settle("F6")
            self._type("4321\t")
        if looks_only:
            self._settle("Escape", keys=0)
            return self.handling
        match parcel.kind:
            case "partial":
                self._press("-")
            case "damaged":
                self._press("F2")
                self._press("1")
        for _ in range(2 if parcel.kind == "shared" else 1):
            self._settle("Enter")
        return self.handling

    def _press(self, key: str) -> None:
        self.handling.keys += 1
        self.page.keyboard.press(key)

    def _type(self, text: str) -> None:
        self.handling.keys += len(text)
        self.page.keyboard.type(text)

    def _settle(self, key: str, keys: int = 1) -> None:
        """Press a key that brings another page, and wait until that takes the next one."""
        self.handling.keys += keys
        self.page.evaluate("window.isNew = false")
        began = time.perf_counter()
        self.page.keyboard.press(key)
        self.page.wait_for_function(SETTLED, polling=5)
        self.handling.machine_ms += 1000 * (time.perf_counter() - began)


def _check(store: Store, reading: StationReading) -> None:
    """Everything was received, refused or put aside as the pile says, and the page broke nowhere."""
    from refunds.models import UnclaimedParcel

    with system_scope():
        rows = Refund.objects.filter(store=store)
        failed = rows.filter(status="rejected", split_from=None).count()
        waiting, aside = rows.filter(status="returning").count(), UnclaimedParcel.objects.filter(store=store).count()
    told = (failed, waiting, aside)
    wanted = (PILE["damaged"], 0, PILE["unclaimed"] + PILE["unreadable"])
    if told != wanted or reading.wrong:
        raise RuntimeError(f"(refused, still waiting, put aside) is {told}, not {wanted}; {reading.wrong[:3]}")
