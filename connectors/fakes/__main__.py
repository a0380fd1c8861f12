"""Run a fake as a process: `python -m connectors.fakes taobao --port 9100` (for the demo, and for trying things)."""

import argparse
import signal
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from common import clock
from connectors.fakes.base import FAKES

SHARED = {"__main__", "base", "handler", "shapes"}
FILES = sorted({file.name for file in iter_modules([str(Path(__file__).parent)])} - SHARED)


def run_fake() -> None:
    """Listen until Ctrl-C or SIGTERM; the first line is the address."""
    parser = argparse.ArgumentParser(prog="python -m connectors.fakes", description="A fake of an open platform.")
    parser.add_argument("platform", choices=FILES)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--refunds", type=int, default=0, help="how many refunds the shop has at first")
    told = parser.parse_args()
    import_module(f"connectors.fakes.{told.platform}")
    with FAKES[told.platform](told.port) as server:
        for hours in range(1, told.refunds + 1):  # none of them so young that it could not be listed yet
            server.add(at=clock.now() - timedelta(hours=hours))
        print(server.url, flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    run_fake()
