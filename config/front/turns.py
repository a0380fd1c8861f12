"""Whose call a thread takes next: each caller has a turn, however many calls another has sent."""

import asyncio
from collections import Counter, OrderedDict, deque
from hashlib import sha256
from typing import Any

from common.web.proxies import OWNER, address_behind

MOST_KNOWN = 10_000  # keys of which the owner is remembered


class TooMany(Exception):
    """No place to wait: `of_one` tells whether it is this caller who has too many."""

    def __init__(self, *, of_one: bool) -> None:
        super().__init__()
        self.of_one = of_one


class Turns:
    """Places at work, shared out in turns among those who wait. Lives in one event loop.

    One caller has at most all places but one, and half of those where calls wait: the rest is everybody else's.
    """

    def __init__(self, places: int, *, most_waiting: int) -> None:
        self.free = places
        self.most_at_work = max(1, places - 1)
        self.most_waiting = most_waiting
        self.most_of_one = max(1, most_waiting // 2)
        self.at_work: Counter[str] = Counter()
        self.waiting: OrderedDict[str, deque[asyncio.Future]] = OrderedDict()

    def take_now(self, caller: str) -> bool:
        """Take a place if one is free and this caller may have it."""
        if not self.free or self.at_work[caller] >= self.most_at_work:
            return False
        self.free -= 1
        self.at_work[caller] += 1
        return True

    def queue(self, caller: str) -> asyncio.Future:
        """Wait for a place: done once it is taken; whoever cancels it waits no more. TooMany."""
        waiting = {name: sum(not place.done() for place in queue) for name, queue in self.waiting.items()}
        if sum(waiting.values()) >= self.most_waiting:
            raise TooMany(of_one=False)
        if waiting.get(caller, 0) >= self.most_of_one:
            raise TooMany(of_one=True)
        place = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(caller, deque()).append(place)
        return place

    def give_back(self, caller: str) -> None:
        """A call is over: its place is the next one's."""
        self.free += 1
        self.at_work[caller] -= 1
        if not self.at_work[caller]:
            del self.at_work[caller]
        self._share_out()

    def _share_out(self) -> None:
        for caller in list(self.waiting):
            if not self.free:
                return
            queue = self.waiting[caller]
            while queue and queue[0].done():  # its client has left
                queue.popleft()
            if queue and self.take_now(caller):
                queue.popleft().set_result(None)
                self.waiting.move_to_end(caller)  # the others first
            if not queue:
                del self.waiting[caller]


class Callers:
    """Who calls, as far as it is known before Django looks: the owner of a key that was good before, or an address."""

    def __init__(self) -> None:
        self._owners: OrderedDict[bytes, str] = OrderedDict()

    def name_of(self, environ: dict[str, Any]) -> str:
        """The caller of this request. A key that nobody has proved yet counts as its address."""
        key = environ.get("HTTP_AUTHORIZATION")
        owner = self._owners.get(_digest(key)) if key else None
        return owner or f"address:{address_behind(environ)}"

    def remember(self, key: str | None, environ: dict[str, Any]) -> None:
        """Keep whose key that was, if Django has found it good."""
        if not key or OWNER not in environ:
            return
        digest = _digest(key)
        self._owners[digest] = environ[OWNER]
        self._owners.move_to_end(digest)
        if len(self._owners) > MOST_KNOWN:
            self._owners.popitem(last=False)


def _digest(key: str) -> bytes:
    return sha256(key.encode("latin-1", "replace")).digest()
