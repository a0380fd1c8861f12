"""The service as two machines run it: two webs that are asked in turn, two workers, two beats."""

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from config.embedded.processes import Command, kill_group, spawn
from config.embedded.unprivileged import server_user
from tests.durability.desk import Desk
from tests.durability.production import Service
from tests.durability.trial import Figures, Trial


class TwoWebs(Service):
    """Two web servers that are asked in turn, as a balancer does."""

    def ask(self, *told, **headers):
        """One call to one of them."""
        return Service.ask(next(self._turns), *told, **headers)

    def balance(self, *services: Service) -> None:
        """These are asked."""
        self._turns = cycle(services)


@dataclass
class Machines(Trial):
    """A trial over two of everything of ours."""

    workers: list[subprocess.Popen] = field(default_factory=list)

    def start_all(self) -> None:
        """Two webs, workers and beats; returns when they work."""
        webs = [Service(self.desk, self.stack), Service(self.desk, self.stack)]
        for each in webs:
            each.start_web(**self.environ)
        self.service = balanced = TwoWebs(self.desk, self.stack)
        balanced.balance(*webs)
        for place in range(2):
            self.start_a_worker()
            own = self.desk.data_dir / f"beat-{place}"
            own.mkdir()
            Service(self.desk, self.stack).start("beat", **self.environ, DATA_DIR=str(own))

    def start_a_worker(self) -> None:
        """One more worker of the main queue."""
        self.workers.append(Service(self.desk, self.stack).start_worker(**self.environ))

    def kill_a_worker(self) -> None:
        """SIGKILL the first worker with all its children."""
        worker = self.workers.pop(0)
        kill_group(worker)
        worker.wait()
        self.kills += 1


@dataclass
class Shown:
    """What came of a part: a row of the table."""

    part: str
    killed: str
    figures: Figures
    told: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether it showed what it should."""
        return self.figures.is_good and not self.wrong

    def row(self) -> list[str]:
        """Part, what was killed, what was due, lost, paid twice, seconds until all was met, and whether all is well."""
        one = self.figures
        facts = (self.part, self.killed, one.payments, one.lost, one.twice, f"{one.met_after_s:.1f}")
        return [*map(str, facts), "yes" if self.is_good else "NO"]

    def __str__(self) -> str:
        return "\n  ".join([str(self.figures), *self.told, *(f"WRONG: {each}" for each in self.wrong)])


def start_server(desk: Desk, stack: ExitStack, name: str, argv: list[str], **environ: str) -> subprocess.Popen:
    """A server that isn't ours, unprivileged, in the desk's directory of sockets; killed in the end."""
    user, log = server_user(), desk.data_dir / "log" / f"{name}.log"
    place = Path(desk.postgres.socket_dir)
    command = Command(name, [*user.prefix, *argv], environ, place, uid=user.uid, gid=user.gid)
    with log.open("ab") as output:
        process = spawn(command, output)
    stack.callback(process.wait)
    stack.callback(kill_group, process)
    return process
