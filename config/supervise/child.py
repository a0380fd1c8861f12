"""One supervised process: started, watched, started again when it dies, stopped in the end."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from config.embedded.processes import Command, ServiceError, kill_group, spawn
from config.supervise.console import fresh_log, limit_log, say

BACK_OFF_SECONDS = 0.5
BACK_OFF_MAX_SECONDS = 30.0
STEADY_SECONDS = 30.0  # who lived that long starts again without much waiting


class Child:
    """Keeps one command running. `tick()` must be called a few times per second from the main thread.

    `prepare` runs before every start (clearing up after the predecessor), `command` is asked every time.
    """

    def __init__(
        self,
        name: str,
        command: Callable[[], Command],
        log_dir: Path,
        *,
        prepare: Callable[[], None] = lambda: None,
        stop_seconds: float = 5.0,
    ) -> None:
        self.name = name
        self.log = fresh_log(log_dir / f"{name}.log")
        self.stop_seconds = stop_seconds
        self.deaths_in_a_row = 0
        self._make_command = command
        self._prepare = prepare
        self._process: subprocess.Popen[bytes] | None = None
        self._stop_signal = signal.SIGTERM
        self._started_at = 0.0
        self._start_again_at: float | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self._prepare()
        command = self._make_command()
        with self.log.open("ab") as output:
            self._process = spawn(command, output)
        self._stop_signal = command.stop_signal
        self._started_at = time.monotonic()
        self._start_again_at = None

    def tick(self) -> None:
        """Notice a death, and start again when the back-off is over."""
        if self._process is None:
            return
        now = time.monotonic()
        if self._start_again_at is None and not self.is_running:
            self._plan_restart(self._process, now)
        elif self._start_again_at is not None and now >= self._start_again_at:
            try:
                self.start()
            except (ServiceError, OSError) as error:
                say(f"{self.name} cannot be started: {error}")
                self._plan_restart(self._process, now)
            else:
                say(f"{self.name} is started again")
        limit_log(self.log)

    def _plan_restart(self, dead: subprocess.Popen[bytes], now: float) -> None:
        kill_group(dead)  # pool and web processes of a dead parent hold its port and queue
        self.deaths_in_a_row = 1 if now - self._started_at > STEADY_SECONDS else self.deaths_in_a_row + 1
        delay = min(BACK_OFF_SECONDS * 2 ** (self.deaths_in_a_row - 1), BACK_OFF_MAX_SECONDS)
        self._start_again_at = now + delay
        ending = _how_it_ended(dead.returncode)
        say(f"{self.name} {ending}; starting it again in {delay:g} s ({self.log})")

    def stop(self, is_impatient: Callable[[], bool] = lambda: False) -> None:
        """Ask, wait, and kill when that took too long or `is_impatient` says so."""
        if self._process is not None and self.is_running:
            self._process.send_signal(self._stop_signal)
        deadline = time.monotonic() + self.stop_seconds
        while self.is_running and time.monotonic() < deadline and not is_impatient():
            time.sleep(0.02)
        self.kill()

    def kill(self) -> None:
        """End the process and all it started, now."""
        if self._process is not None:
            kill_group(self._process)
            self._process.wait()
            self._process = None


def _how_it_ended(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
