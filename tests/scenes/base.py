"""What a scene is."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from tests.world import Shop

EVENTS = "common_event"
SERVERS = ExitStack()  # what a scene starts listens until its test is over


@dataclass(frozen=True)
class Scene:
    """How to make something due for a sweep, and where it writes: a row more there, or one less, is its work."""

    make_due: Callable[[Shop], object]
    table: str = EVENTS
    marketplace: str = "tmall"
    does: str = "INSERT"
    later: timedelta = timedelta()
    done: str = ""  # counted, and poisoned, are the rows of which this is so
    of: str = "store"  # whose rows they are: the store's, or those of the user who is called as the store is
