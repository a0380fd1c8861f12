"""RabbitMQ instead of Valkey as the queue: quorum queues, a killed worker, a killed broker."""

import os
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from config.embedded.processes import kill_group
from config.embedded.unprivileged import server_user
from config.processes import QUEUES
from tests.durability.desk import Desk
from tests.durability.machines import Machines, Shown, start_server
from tests.durability.production import Service, free_port, wait_for
from tests.durability.trial import Trial, set_up_django

GONE_S = 5
CONF = """
listeners.tcp.1 = 127.0.0.1:{port}
disk_free_limit.absolute = 50MB
log.console.level = warning
"""
CLUSTER = "cluster_formation.classic_config"


class Rabbit:
    """One node of RabbitMQ over a directory of its own, which outlives it.

    Of a cluster each is beside its `first`, and all are told the names of all before any is started (`form`).
    """

    def __init__(self, desk: Desk, stack: ExitStack, first: "Rabbit | None" = None) -> None:
        self.desk, self.stack, self.port, self.dist_port = desk, stack, free_port(), free_port()
        self.mapper_port = first.mapper_port if first else free_port()
        self.home = Path(desk.postgres.socket_dir) / f"rabbit-{self.port}"
        self.cookies = first.cookies if first else self.home
        self.home.mkdir()
        (self.home / "plugins").write_text("[].\n")
        self.write_conf()
        if first is None:
            start_server(desk, stack, "epmd", ["epmd", "-port", str(self.mapper_port)], **self.environ)

    @property
    def name(self) -> str:
        """Of the node."""
        return f"wanliu{self.port}@localhost"

    def write_conf(self, nodes: Sequence["Rabbit"] = ()) -> None:
        """What it reads at its start; `nodes` are those of its cluster."""
        together = [f"{CLUSTER}.nodes.{place} = {each.name}" for place, each in enumerate(nodes, 1)]
        (self.home / "rabbit.conf").write_text("\n".join([CONF.format(port=self.port), *together, ""]))
        if (uid := server_user().uid) is not None:
            for path in (self.home, *self.home.iterdir()):
                os.chown(path, uid, -1)

    @property
    def url(self) -> str:
        """As CELERY_BROKER_URL says it."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/%2F"

    @property
    def environ(self) -> dict[str, str]:
        """What the node and whoever asks it are told."""
        own = {"MNESIA_BASE": "db", "LOG_BASE": "log", "ENABLED_PLUGINS_FILE": "plugins", "CONFIG_FILE": "rabbit.conf"}
        return {
            **{f"RABBITMQ_{name}": str(self.home / place) for name, place in own.items()},
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_LOGS": "-",
            "ERL_EPMD_PORT": str(self.mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "HOME": str(self.cookies),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
        }

    @staticmethod
    def program(name: str) -> str:
        """Debian's own starts as another user, and as root only."""
        [program] = Path("/usr/lib/rabbitmq/lib").glob(f"rabbitmq_server-*/sbin/{name}")
        return str(program)

    def begin(self) -> None:
        """Start it."""
        self.process = start_server(
            self.desk, self.stack, "rabbitmq", [self.program("rabbitmq-server")], **self.environ
        )

    def start(self) -> float:
        """Returns after how many seconds it answers."""
        self.begin()
        return wait_for(self.answers, "RabbitMQ", 120)

    def answers(self) -> bool:
        """Whether somebody listens."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """SIGKILL."""
        kill_group(self.process)
        self.process.wait()

    def queues(self, about: str = "type") -> dict[str, str]:
        """The kind of each durable queue, or something else about it, by name."""
        user = server_user()
        command = [*user.prefix, self.program("rabbitmqctl"), "-q", "list_queues", "--no-table-headers", "name", about]
        who = {} if user.uid is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
        told = subprocess.run(
            command, env=self.environ, cwd=self.home, capture_output=True, text=True, timeout=120, check=True, **who
        )
        return dict(line.split("\t") for line in told.stdout.splitlines() if "\t" in line)


def form(desk: Desk, stack: ExitStack, count: int) -> list[Rabbit]:
    """A cluster of so many nodes, started; each knows the others by its configuration."""
    nodes = [Rabbit(desk, stack)]
    nodes += [Rabbit(desk, stack, nodes[0]) for _ in range(count - 1)]
    for each in nodes:
        each.write_conf(nodes)
    nodes[0].start()  # it makes the cookie that all show each other
    for each in nodes[1:]:
        each.start()
    return nodes


class Queued(Machines):
    """A trial whose messages go by RabbitMQ."""

    broker_url = ""

    @property
    def environ(self) -> dict[str, str]:
        """What else they are told."""
        return {**super().environ, "CELERY_BROKER_URL": self.broker_url}


def play(desk: Desk, stack: ExitStack, count: int) -> Shown:
    """RabbitMQ's quorum queues: a worker and the broker are killed under load"""
    return played(desk, stack, count, "rabbitmq", "a worker, the broker", [Rabbit(desk, stack)])


def play_cluster(desk: Desk, stack: ExitStack, count: int) -> Shown:
    """RabbitMQ as a cluster of three nodes: one that leads queues is killed under load, and comes back"""
    nodes = form(desk, stack, 3)
    return played(desk, stack, count, "rabbitmq-cluster", "a worker, one of three nodes", nodes)


def played(desk: Desk, stack: ExitStack, count: int, part: str, killed: str, nodes: Sequence[Rabbit]) -> Shown:
    """A worker and the first node are killed."""
    from django.conf import settings

    rabbit, trial = nodes[0], Queued(desk, stack)
    if len(nodes) == 1:
        rabbit.start()
    trial.broker_url = ";".join(each.url for each in nodes)
    desk.manage("migrate", "--verbosity", "0")
    set_up_django(trial)
    trial.start_all()
    for queue in ("webhooks", "files"):
        Service(desk, stack).start_worker(queue, **trial.environ)
    told: list[str] = []

    def kill(trial: Trial) -> None:
        trial.kill_a_worker()
        rabbit.kill()
        trial.kills += 1
        time.sleep(GONE_S)
        told.append(f"{rabbit.name} gone for {GONE_S} s, up again after {rabbit.start():.1f} s more")
        trial.start_a_worker()

    figures = trial.run(part, kill, count)
    kinds = rabbit.queues()
    ours = {name: kinds.get(name) for name in sorted(QUEUES)}
    shown = Shown(part, killed, figures, [*told, f"queues: {ours}"])
    if set(ours.values()) != {"quorum"}:
        shown.wrong.append(f"not quorum queues: {kinds}")
    if extra := [name for name in kinds if "delayed" in name]:
        shown.wrong.append(f"queues that nobody needs: {extra[:3]}")
    if len(nodes) > 1:
        members = {name: text.count("@") for name, text in rabbit.queues("members").items() if kinds[name] == "quorum"}
        shown.told.append(f"copies of queues: {members}")
        if set(members.values()) != {len(nodes)}:
            shown.wrong.append("queues that not every node has")
    wait_for(lambda: trial.service.ask("/readyz")[0] == 200, "web to be ready again")
    from operations.metrics.figures import of_broker

    waiting = {one.labels["queue"]: one.value for family in of_broker() for one in family.samples}
    shown.told.append(f"messages that wait: {waiting}; broker of its own: {settings.BROKER_IS_APART}")
    return shown
