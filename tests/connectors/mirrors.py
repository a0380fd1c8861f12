"""What the property tests of the platforms share: a mirror kept by the port's rule, and histories drawn from a seed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from connectors.fakes.base import FakeServer
from connectors.port import Platform, RefundCopy, Shop

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class Clock:
    """The clock of a fake that a test moves."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, by: timedelta) -> datetime:
        """Time passes."""
        self.at += by
        return self.at


class Mirror:
    """Copies by the port's rule: a newer version wins, whenever it arrives."""

    def __init__(self, platform: Platform, shop: Shop, now: Callable[[], datetime]) -> None:
        self.platform, self.shop, self.now = platform, shop, now
        self.copies: dict[str, RefundCopy] = {}

    def take(self, copy: RefundCopy) -> None:
        """Keep a copy unless a newer one is there."""
        kept = self.copies.get(copy.id)
        if kept is None or copy.version >= kept.version:
            self.copies[copy.id] = copy

    def read(self, refund_id: str, order_number: str = "") -> RefundCopy:
        """Ask for one refund."""
        return self.platform.read(self.shop, refund_id=refund_id, order_number=order_number, now=self.now())

    def pull(self, since: datetime, until: datetime, between: Callable[[], None] = lambda: None) -> datetime:
        """List the windows from `since` on and take what they name; `between` happens after each page."""
        windows = self.platform.windows
        while since < until - windows.lag:
            end = min(since + windows.span, until - windows.lag)
            begin = max(since - windows.overlap, end - windows.span)
            for page in self.platform.list_changed(self.shop, since=begin, until=end, now=self.now()):
                between()
                for row in page:
                    kept = self.copies.get(row.id)
                    if row.copy is not None:
                        self.take(row.copy)
                    elif kept is None or kept.version < row.version:
                        self.take(self.read(row.id, row.order_number))
            since = end
        return since


def live(fake: FakeServer, clock: Clock, random: Random, *, refunds: int, changes: int) -> None:
    """Refunds arise and change over some hours, several in the same second."""
    for _ in range(refunds):
        fake.add(at=clock.forward(timedelta(seconds=random.choice((0, 0, 1, 7, 40)))))
    for _ in range(changes):
        happen(fake, clock, random)


def happen(fake: FakeServer, clock: Clock, random: Random) -> None:
    """Something that can happen to it happens to some refund."""
    at = clock.forward(timedelta(seconds=random.choice((0, 0, 1, 5))))
    refund_id = random.choice(sorted(fake.refunds))
    if acts := fake.possible_acts(refund_id):
        fake.act(random.choice(acts), refund_id, at=at)
