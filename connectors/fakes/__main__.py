"""Run fakes as a process: `python -m connectors.fakes taobao --port 9100` (for the demo, and for trying things)."""

import argparse
import json
import signal
from collections import deque
from contextlib import ExitStack
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from common import clock
from connectors.fakes.base import FAKES, FakeServer
from connectors.fakes.keeping import open_kept

SHARED = {"__main__", "base", "exchanges", "handler", "keeping", "letting_in", "permits", "sessions", "shapes", "top"}
FILES = sorted({file.name for file in iter_modules([str(Path(__file__).parent)])} - SHARED)
LOGGED = 500  # requests that a process remembers of each fake


def run_fakes() -> None:
    """Listen until Ctrl-C or SIGTERM; one line for each, in their order, is its address; then `ready`."""
    parser = argparse.ArgumentParser(prog="python -m connectors.fakes", description="Fakes of open platforms.")
    parser.add_argument("platforms", nargs="*", help=f"of {', '.join(FILES)}; all, when none is named")
    parser.add_argument("--port", type=int, default=0, help="for a single fake; 0 takes a free one")
    parser.add_argument("--refunds", type=int, default=0, help="how many refunds the shop has at first")
    parser.add_argument("--keep", type=Path, help="a directory for what they know, and for addresses.json")
    told = parser.parse_args()
    names = told.platforms or FILES
    if unknown := sorted({*names} - {*FILES}):
        parser.error(f"no fake of {', '.join(unknown)}")
    if told.port and len(names) > 1:
        parser.error("--port is for a single fake")
    if told.keep:
        told.keep.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        addresses, servers = {}, []
        for name in names:
            server = stack.enter_context(_open(name, told.keep, told.port))
            for hours in range(len(server.refunds) + 1, told.refunds + 1):  # old enough to be listed
                server.add(at=clock.now() - timedelta(hours=hours))
            server.keep()
            servers.append(server)
            addresses[name] = server.url
            print(server.url, flush=True)
        if told.keep:
            part = told.keep / "addresses.part"
            part.write_text(json.dumps(addresses))
            part.replace(told.keep / "addresses.json")
        print("ready", flush=True)
        while not signal.sigtimedwait({signal.SIGINT, signal.SIGTERM}, 1):
            for server in servers:
                server.live()
                server.keep()


def _open(name: str, keep: Path | None, port: int) -> FakeServer:
    import_module(f"connectors.fakes.{name}")
    server = open_kept(FAKES[name], keep / f"{name}.state", port) if keep else FAKES[name](port)
    server.requests, server.lives = deque(maxlen=LOGGED), True
    return server


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    run_fakes()
