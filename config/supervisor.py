"""`make run`: PostgreSQL, Valkey, web server, worker and beat under one roof until Ctrl-C; with the demo its fakes.

    .venv/bin/python -m config.supervisor     (see config.supervise.options for the environment it reads)

Order: clear up after a predecessor, check the port, services, fakes, set-up step, application, ready. Each child
that dies is started again. In the end they stop in the order beat, worker, web, fakes, Valkey, PostgreSQL; a second
Ctrl-C kills.
"""

import hashlib
import http.client
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from config.embedded.paths import ROOT
from config.embedded.postgres import Postgres
from config.embedded.processes import Command, ServiceError, marked_with, spawn, stop_survivors
from config.embedded.valkey import Valkey
from config.environment import Mistakes, read_environment
from config.front.server import GRACE_S, web_arguments
from config.processes import MAIN, beat_arguments, worker_arguments
from config.supervise.child import Child
from config.supervise.console import fresh_log, say, show_ready, tail
from config.supervise.options import Options

SERVICE_SECONDS = 90.0  # crash recovery of a large database takes its time
READY_SECONDS = 60.0
GIVE_UP_AFTER_DEATHS = 3  # before it was ever ready; later it is tried for ever
TICK_SECONDS = 0.1
MOST_FILES = 16_384


class StopRequested(Exception):
    """Ctrl-C or SIGTERM arrived."""


class Supervisor:
    """Owns the children of one DATA_DIR."""

    def __init__(self, options: Options, said: Mapping[str, Any]) -> None:
        self.options = options
        self.said = said  # by the environment, setting by setting
        self.children: list[Child] = []  # in the order of starting
        self.stop_signals = 0
        self.began_at = time.monotonic()

    def run(self) -> int:
        """Returns the exit code: 0 after an orderly stop, 1 when something could not be started."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        lock = None
        try:
            lock = self.options.take_data_dir()
            allow_many_connections()
            self.options.demo_file.unlink(missing_ok=True)
            self._clear_up()
            self.options.check_port_free()
            self._start_services()
            if self.options.demo:
                self._start_fakes()
            self._prepare_application()
            self._start_application()
            self._announce()
            while True:
                self._tick()
        except StopRequested:
            say("\nstopping (Ctrl-C again kills)")
            return 0
        except (ServiceError, OSError) as error:
            log = getattr(error, "log", None)
            say((f"{tail(log)}\n" if log else "") + f"make run: {error}")
            return 1
        finally:
            self._stop()
            if lock is not None:
                os.close(lock)

    def _on_signal(self, _number: int, _frame: object) -> None:
        self.stop_signals += 1

    def _tick(self) -> None:
        """One round of watching; every wait in this class goes through here."""
        if self.stop_signals:
            raise StopRequested
        for child in self.children:
            child.tick()
        time.sleep(TICK_SECONDS)

    def _clear_up(self) -> None:
        survivors = stop_survivors(lambda: marked_with(self.options.data_dir), signal.SIGTERM, seconds=5)
        if survivors:
            say(f"stopped {survivors} processes that an earlier run left behind")

    def _start_services(self) -> None:
        services: list[Postgres | Valkey] = []
        if self.options.database_url is None:
            services.append(Postgres(self.options.data_dir))
        if self.options.redis_url is None:
            services.append(Valkey(self.options.data_dir))
        for service in services:
            self._start(Child(service.name, service.command, self.options.log_dir, prepare=service.prepare))
        for service in services:
            self._wait_for(service.is_up, service.label, service.name, SERVICE_SECONDS)

    def _start_fakes(self) -> None:
        """The open platforms to which the demo's shops are connected, and its group chat, on ports of the loopback."""
        self.options.fakes_file.unlink(missing_ok=True)
        self.options.chat_file.unlink(missing_ok=True)
        self._start(Child("fakes", self._fakes_command, self.options.log_dir, stop_seconds=2.0))
        self._start(Child("chat", self._chat_command, self.options.log_dir, stop_seconds=2.0))
        self._wait_for(self.options.fakes_file.exists, "the server of fakes", "fakes", READY_SECONDS)
        self._wait_for(self.options.chat_file.exists, "the group chat", "chat", READY_SECONDS)

    def _fakes_command(self) -> Command:
        return self._command("fakes", "connectors.fakes", "--keep", str(self.options.fakes_dir))

    def _chat_command(self) -> Command:
        return self._command("chat", "demo.chat", "--keep", str(self.options.fakes_dir))

    def _start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def _wait_for(self, is_up: Callable[[], bool], label: str, name: str, seconds: float) -> None:
        child = next(child for child in self.children if child.name == name)
        deadline = time.monotonic() + seconds
        while not is_up():
            if child.deaths_in_a_row >= GIVE_UP_AFTER_DEATHS or time.monotonic() > deadline:
                raise ServiceError(f"{label} does not start: see {child.log}", log=child.log)
            self._tick()
        say(f"{label} is up ({time.monotonic() - self.began_at:.1f} s)")

    def _command(self, name: str, *arguments: str) -> Command:
        argv = [sys.executable, "-m", *arguments]
        return Command(name, argv, env=self.options.child_environ(os.environ), cwd=ROOT)

    def _prepare_application(self) -> None:
        """Migrations, static files, demo: one process whose progress lines go to our terminal."""
        log = fresh_log(self.options.log_dir / "prepare.log")
        command = replace(
            self._command("prepare", "config.supervise.prepare"), env=self.options.prepare_environ(os.environ)
        )
        with log.open("ab") as errors:
            process = spawn(command, sys.stdout.fileno(), errors=errors)
        try:
            while process.poll() is None:
                self._tick()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            raise ServiceError(f"the set-up step failed: see {log}", log=log)

    def _start_application(self) -> None:
        for name, command, stop_seconds in (
            ("web", self._web_command, GRACE_S + 2.0),
            ("worker", self._worker_command, 6.0),
            ("webhooks", self._webhooks_command, 6.0),
            ("files", self._files_command, 6.0),
            ("beat", self._beat_command, 2.0),
        ):
            self._start(Child(name, command, self.options.log_dir, stop_seconds=stop_seconds))

    def _web_command(self) -> Command:
        return self._command("web", *web_arguments(self.options.host, self.options.port))

    def _worker_command(self) -> Command:
        return self._worker(MAIN)

    def _webhooks_command(self) -> Command:
        return self._worker("webhooks")

    def _files_command(self) -> Command:
        return self._worker("files")

    def _worker(self, queue: str) -> Command:
        unique = hashlib.sha256(f"{self.options.data_dir}".encode()).hexdigest()[:8]
        return self._command("worker", *worker_arguments(queue, self.said, name=unique))

    def _beat_command(self) -> Command:
        return self._command("beat", *beat_arguments(self.options.data_dir))

    def _announce(self) -> None:
        """Wait until the application says it is ready, then write demo.json and show the sign-ins."""
        self._wait_for(self._is_web_alive, "web", "web", READY_SECONDS)
        deadline = time.monotonic() + READY_SECONDS
        while (answer := self._get("/readyz"))[0] != 200:
            if time.monotonic() > deadline:
                raise ServiceError(f"/readyz still answers {answer}: see {self.options.log_dir}")
            self._tick()
        write_demo_file(self.options)
        show_ready(
            self.options.base_url,
            self.options.demo_file,
            self.options.log_dir,
            time.monotonic() - self.began_at,
        )

    def _is_web_alive(self) -> bool:
        return self._get("/healthz")[0] == 200

    def _get(self, path: str) -> tuple[int, str]:
        """Status and body; 0 when nobody listens. Not urllib, which would ask an HTTP proxy."""
        connection = http.client.HTTPConnection(self.options.base_url.removeprefix("http://"), timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read(2000).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)
        finally:
            connection.close()

    def _stop(self) -> None:
        """Beat, worker, web, fakes, Valkey, PostgreSQL; on a further Ctrl-C all at once."""
        started = time.monotonic()
        for child in self._stopping_order():
            child.stop(is_impatient=lambda: self.stop_signals > 1)
        if self.children:
            self.options.demo_file.unlink(missing_ok=True)
            self.options.fakes_file.unlink(missing_ok=True)
            self.options.chat_file.unlink(missing_ok=True)
            say(f"stopped ({time.monotonic() - started:.1f} s)")
        self.children = []

    def _stopping_order(self) -> list[Child]:
        order = ["beat", "worker", "webhooks", "files", "web", "fakes", "chat", "valkey", "postgres"]
        return sorted(self.children, key=lambda child: order.index(child.name))


def allow_many_connections() -> None:
    """Raise the limit of open files as far as we may: idle connections of slow clients are cheap, and many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def write_demo_file(options: Options) -> None:
    """Credentials plus address, for scripts: complete or not there at all, and only for our eyes."""
    has_demo = options.demo and options.credentials_file.exists()
    credentials = json.loads(options.credentials_file.read_text()) if has_demo else {}
    fakes = {"fakes": json.loads(options.fakes_file.read_text())} if has_demo and options.fakes_file.exists() else {}
    if has_demo and options.chat_file.exists():
        fakes["chat"] = json.loads(options.chat_file.read_text())["url"]
    content = json.dumps({"base_url": options.base_url, **credentials, **fakes}, ensure_ascii=False, indent=2)
    unfinished = options.demo_file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content + "\n")
    unfinished.replace(options.demo_file)


def main() -> int:
    try:
        options, said = Options.from_environ(os.environ), read_environment()
    except (ServiceError, Mistakes) as error:
        for line in str(error).splitlines():
            say(f"make run: {line}")
        return 1
    if said["PRODUCTION"]:
        say("make run: PRODUCTION is set, and this is for trying things: `scripts/serve` starts what people work with")
        return 1
    return Supervisor(options, said).run()


if __name__ == "__main__":
    sys.exit(main())
