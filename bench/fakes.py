"""Shops of one platform in a process of their own: `python -m bench.fakes taobao SHOPS REFUNDS EVERY_S`.

The refunds of each lie so many seconds apart, the newest some minutes ago; all but one of OPEN are over. One line for
each shop is its address.
"""

import signal
import sys
from collections import deque
from contextlib import ExitStack
from datetime import timedelta
from importlib import import_module

from common import clock
from connectors.fakes.base import FAKES

OPEN = 10  # one refund in so many


def run(name: str, shops: int, refunds: int, every_s: float) -> None:
    """Listen until SIGTERM."""
    import_module(f"connectors.fakes.{name}")
    with ExitStack() as stack:
        for _ in range(shops):
            server = stack.enter_context(FAKES[name]())
            server.requests = deque(maxlen=10)
            for place in range(refunds, 0, -1):
                state = {} if place % OPEN == 0 else {"status": "SUCCESS" if place % OPEN > 2 else "CLOSED"}
                server.add(at=clock.now() - timedelta(minutes=10, seconds=place * every_s), **state)
            server.messages.clear()  # of the past no platform sends any
            print(server.url, flush=True)
        signal.sigwait({signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
