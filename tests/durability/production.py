"""What people work with, started by scripts/serve over a desk's services: real processes, asked over the wire."""

import http.client
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from config.embedded.processes import Command, kill_group, spawn
from tests.concurrency.process import DONE, Processes, processes
from tests.durability.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
HOST = "desk.example.com"
BY_TLS = {"X-Forwarded-Proto": "https"}
START_SECONDS = 240
KEYS = {
    "SECRET_KEY": "q8Zr-" * 12,
    "CONNECTOR_KEYS": "c2VhbGluZyBrZXkgb2YgZXhhY3RseSAzMiBieXRlcy4=",
}


def wait_for(
    condition: Callable[[], object], what: str, seconds: float = START_SECONDS, *, every: float = 0.2
) -> float:
    """Look `every` so many seconds until it holds; returns after how many it did."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"waited {seconds} s in vain for {what}"
        time.sleep(every)
    return time.monotonic() - began


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Service:
    """The processes of one machine."""

    desk: Desk
    stack: ExitStack
    port: int = field(default_factory=free_port)
    metrics_port: int = field(default_factory=free_port)
    looking: Processes | None = None
    host: "Service | None" = None  # whose looks are this one's as well: a machine on which other processes run, too

    @property
    def environ(self) -> dict[str, str]:
        """All that an operator sets, and what any process has."""
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **self.desk.environ,
            **KEYS,
            "ALLOWED_HOSTS": HOST,
            "TRUSTED_PROXIES": "127.0.0.1",
            "PUBLIC_URL": f"https://{HOST}",
            "PORT": str(self.port),
            "METRICS_DIR": str(self.desk.data_dir / "metrics"),
            "METRICS_PORT": str(self.metrics_port),
            "WEB_PROCESSES": "1",
            "WORKER_PROCESSES": "1",
            "WEBHOOK_THREADS": "1",
            "FILE_THREADS": "1",
        }

    def run(self, *arguments: str, script: str = "serve", **environ: str) -> subprocess.CompletedProcess[str]:
        """Run scripts/serve to its end."""
        command = [ROOT / "scripts" / script, *arguments]
        return subprocess.run(
            command, cwd="/", env={**self.environ, **environ}, capture_output=True, text=True, timeout=900
        )

    def look(self, *arguments: str) -> tuple[bool, list[str]]:
        """Whether all is well by a command of manage.py, and what it says.

        In a fork of a process that has loaded all that it needs: `run` takes a second and a half of a processor, too
        much for who asks again and again until something is so.
        """
        host = self.host or self
        if host.looking is None:
            kind = {"PRODUCTION": "1", "PROCESS_KIND": "command"}
            host.looking = host.stack.enter_context(processes(**host.environ, **kind))
        said = self.desk.data_dir / "looked.txt"
        ended = host.looking.run("command", step=None, at=None, argv=arguments, output=said)
        return ended == DONE, said.read_text().splitlines()

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen:
        """Start a process; killed in the end. Its output goes to `log`."""
        command = Command(
            arguments[0], [ROOT / "scripts" / "serve", *arguments], {**self.environ, **environ}, Path("/")
        )
        with self.log(arguments[0]).open("ab") as output:
            process = spawn(command, output)
        self.stack.callback(process.wait)
        self.stack.callback(kill_group, process)
        return process

    def log(self, name: str) -> Path:
        return self.desk.data_dir / "log" / f"serve-{name}.log"

    def start_web(self, **environ: str) -> subprocess.Popen:
        """Returns when it answers."""
        process = self.start("web", **environ)
        wait_for(lambda: process.poll() is not None or self.is_up(), "web")
        assert process.poll() is None, self.log("web").read_text()
        return process

    def start_worker(self, *queue: str, **environ: str) -> subprocess.Popen:
        """Returns when it takes tasks."""
        self.log("worker").write_text("")
        process = self.start("worker", *queue, **environ)
        wait_for(lambda: " ready." in self.log("worker").read_text() or process.poll() is not None, "the worker")
        assert process.poll() is None, self.log("worker").read_text()
        return process

    def is_up(self) -> bool:
        try:
            return self.ask("/healthz")[0] == 200
        except OSError:
            return False

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str):
        """(status, headers, body) of one call to the web process, as the proxy in front would send it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            told = {"Host": HOST, **{name.replace("_", "-"): text for name, text in headers.items()}}
            connection.request(method, path, body or None, told)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def sign_in(self, name: str, password: str, **headers: str):
        """What the sign-in form is answered with."""
        _status, answered, page = self.ask("/admin/login/", **BY_TLS)
        cookies = SimpleCookie()
        for line in answered.get_all("Set-Cookie", []):
            cookies.load(line)
        [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[:1]
        form = urlencode({"csrfmiddlewaretoken": token, "username": name, "password": password, "next": "/admin/"})
        sent = {
            "Cookie": "; ".join(f"{each.key}={each.value}" for each in cookies.values()),
            "Origin": f"https://{HOST}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.ask("/admin/login/", "POST", form, **BY_TLS, **sent, **headers)
