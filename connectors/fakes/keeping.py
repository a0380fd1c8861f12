"""What a fake knows, in a file: a process that is started anew goes on with the same refunds, tokens and port."""

import os
import pickle
import sys
from pathlib import Path
from typing import Any

from connectors.fakes.base import FakeServer


def open_kept(kind: type[FakeServer], file: Path, port: int = 0) -> FakeServer:
    """The fake as the file knows it, at `port`, else at the port that it had, else at a free one.

    From then on the file is written whenever an answer has changed something. A file that can't be read (of another
    version) is begun anew.
    """
    known: dict[str, Any] = {}
    try:
        known = pickle.loads(file.read_bytes())
    except FileNotFoundError:
        pass
    except Exception as error:
        print(f"{file} can't be read ({type(error).__name__}): begun anew", file=sys.stderr, flush=True)
    had = known.pop("port", 0)
    try:
        server = kind(port or had)
    except OSError:
        if port:
            raise
        server = kind(0)
    vars(server).update(known)
    server.keep = Keeper(server, file).keep
    server.keep()
    return server


class Keeper:
    """Writes one fake's file, all of it or nothing, when it has changed."""

    def __init__(self, server: FakeServer, file: Path) -> None:
        self.server, self.file = server, file
        self._written = b""

    def keep(self) -> None:
        """Write what the fake knows now."""
        with self.server.lock:
            known = pickle.dumps({**self.server.knowledge(), "port": self.server.server_port})
            if known == self._written:
                return
            part = self.file.with_suffix(".part")
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                out.write(known)
            part.replace(self.file)
            self._written = known
