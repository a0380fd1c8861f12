"""granian, with one socket for all its processes: `python -m config.front` takes granian's own arguments.

On Linux each of granian's processes listens on a socket of its own, and what waits in its queue is refused when it
goes. Here their parent holds one, and each child takes calls off it: when children are started anew (SIGHUP) callers
wait a moment and none is turned away. Children begin as fresh interpreters, so that they run the code that is there by
now.
"""

import multiprocessing
import socket

from granian import cli
from granian.net import SocketSpec


class OneSocket(cli.Server):
    """The server whose children share their parent's socket."""

    def _init_shared_socket(self) -> None:
        self._shd = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        self._sfd = self._shd.get_fd()
        self._ssp = None
        self._sso = socket.socket(fileno=self._sfd)
        self._sso.set_inheritable(True)


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    cli.Server = OneSocket
    cli.entrypoint()
