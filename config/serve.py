"""`scripts/serve`: one process of the application where people work, in the foreground, until SIGTERM.

    scripts/serve web | worker [QUEUE] | beat    one process, once everything that it needs was found in order
    scripts/serve metrics                        tells Prometheus of this machine's processes and of the platform
    scripts/serve migrate                        the database's tables, before the processes of a release start
    scripts/serve check                          only looks whether everything is in order
    scripts/serve manage COMMAND …               a command of manage.py
    scripts/serve new-keys                       makes SECRET_KEY and CONNECTOR_KEYS

Settings are the environment's, and of SETTINGS_FILE those that it doesn't say (docs/deploy.md). Ends with 78 when
they are wrong, with each mistake in a sentence, and with 75 for what passes by itself: no answer from the database,
or tables that aren't migrated yet.
"""

import errno
import os
import pwd
import secrets
import socket
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from runpy import run_module, run_path
from tempfile import TemporaryFile
from typing import Any, NoReturn

from config.embedded.paths import ROOT
from config.environment import Mistakes, read_environment
from config.front.server import JSON_LOGS, web_arguments
from config.logs import log_format
from config.processes import MAIN, QUEUES, beat_arguments, worker_arguments

USAGE, TRY_AGAIN, MISCONFIGURED = 64, 75, 78  # as sysexits.h has them
KINDS = {
    **{"web": "web", "check": "web", "worker": "worker", "beat": "worker"},
    **{"metrics": "command", "migrate": "command", "manage": "command"},
}
LISTENING = {"web": ("HOST", "PORT"), "metrics": ("METRICS_HOST", "METRICS_PORT")}
OWNERS = ("OWNER_DATABASE_URL", "OWNER_DATABASE_URL_FILE")


class CannotStart(Exception):
    """Why nothing is started, a sentence each, and with which code to end."""

    def __init__(self, code: int, *sentences: str) -> None:
        super().__init__(*sentences)
        self.code, self.sentences = code, sentences


def main(arguments: Sequence[str]) -> int:
    """Becomes the process that was asked for; returns an exit code for everything else."""
    try:
        return serve(arguments)
    except CannotStart as reason:
        for sentence in reason.sentences:
            print(f"scripts/serve: {sentence}", file=sys.stderr)
        return reason.code


def serve(arguments: Sequence[str]) -> int:
    """What `arguments` ask for. CannotStart."""
    what, *rest = arguments or [""]
    if what == "new-keys":
        return print_keys()
    if what not in KINDS or (rest and what not in ("worker", "manage")) or (len(rest) > 1 and what == "worker"):
        raise CannotStart(USAGE, *(__doc__ or "").split("\n\n")[1].splitlines())
    queue = (rest or [MAIN])[0]
    if what == "worker" and queue not in QUEUES:
        raise CannotStart(USAGE, f"there is no queue “{queue}”, only {', '.join(QUEUES)}.")
    for name, value in in_settings_file(os.environ.pop("SETTINGS_FILE", "")):
        os.environ.setdefault(name, value)
    os.environ |= {"PRODUCTION": "1", "PROCESS_KIND": KINDS[what]}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        said = read_environment()
    except Mistakes as mistakes:
        raise CannotStart(MISCONFIGURED, *mistakes.each) from None
    find_whose(said["DATA_DIR"])
    if what == "manage":
        go_on_as_manage(*rest)
    if what == "migrate":
        go_on_as_manage("migrate", "--no-input")
    owners = [os.environ.pop(name, "") for name in OWNERS]  # only `migrate` and `restore` connect as the owner
    if any(owners):
        become("-m", "config.serve", *arguments)  # what a process was begun with stays in /proc/PID/environ
    find_places(said)
    find_in_order()
    if what in LISTENING:
        find_port_free(what, *(said[name] for name in LISTENING[what]))
    if what == "web":
        from config.static_files import collect_static

        collect_static(said["DATA_DIR"])
        more = JSON_LOGS if log_format(said) == "json" else ()
        become("-m", *web_arguments(said["HOST"], said["PORT"], processes=said["WEB_PROCESSES"], more=more))
    if what == "worker":
        go_on_as_module(*worker_arguments(queue, said))
    if what == "beat":
        go_on_as_module(*beat_arguments(said["DATA_DIR"]))
    if what == "metrics":
        if said["METRICS_DIR"] is None:
            raise CannotStart(MISCONFIGURED, "METRICS_DIR must be set, for this and for every other process.")
        go_on_as_manage("metrics")
    print("Everything is in order.")
    return 0


def in_settings_file(path: str) -> Iterator[tuple[str, str]]:
    """The settings in a file such as deploy/wanliu.env, read as systemd and compose read it. CannotStart."""
    try:
        lines = Path(path).read_text().splitlines() if path else []
    except OSError as error:
        raise CannotStart(MISCONFIGURED, f"SETTINGS_FILE can't be read: {path}: {error.strerror}.") from None
    for place, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, is_one, value = line.partition("=")
        if not is_one or not name.strip().isidentifier():
            raise CannotStart(MISCONFIGURED, f"SETTINGS_FILE says no NAME=value in line {place}.")
        value = value.strip()
        yield name.strip(), value[1:-1] if value[:1] in ("'", '"') and value[-1:] == value[:1] and value[1:] else value


def become(*arguments: object) -> None:
    """Let this process go on as Python with these arguments: signals reach it directly.

    For the web server, whose processes load the application each for itself: whoever watches them needs none of it;
    and for an environment that others than this process see no more of than it has now.
    """
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *map(str, arguments)])


def go_on_as_module(name: str, *arguments: str) -> NoReturn:
    """As `python -m name arguments`, in this process: to load the application anew is the greater half of a start."""
    os.chdir(ROOT)
    sys.argv = [name, *arguments]
    run_module(name, run_name="__main__", alter_sys=True)
    sys.exit()


def go_on_as_manage(*arguments: str) -> NoReturn:
    """The same for a command of manage.py."""
    os.chdir(ROOT)
    place = str(ROOT / "manage.py")
    sys.argv = [place, *arguments]
    run_path(place, run_name="__main__")
    sys.exit()


def find_whose(place: Path) -> None:
    """CannotStart for root where files are another's: what root left there the processes couldn't write to."""
    try:
        owner = place.stat().st_uid
    except OSError:
        return
    if os.geteuid() == 0 and owner != 0:
        names = [each.pw_name for each in pwd.getpwall() if each.pw_uid == owner]
        who = (names or [f"#{owner}"])[0]
        raise CannotStart(MISCONFIGURED, f"DATA_DIR is {who}'s: run this as {who}, not as root (sudo -u {who} …).")


def find_places(said: Mapping[str, Any]) -> None:
    """CannotStart where files are to lie and can't."""
    wrong = []
    for name in ("DATA_DIR", "METRICS_DIR"):
        if said[name] is None:
            continue
        try:
            said[name].mkdir(mode=0o700, parents=True, exist_ok=True)
            TemporaryFile(dir=said[name]).close()
        except OSError as error:
            wrong.append(f"{name} can't be written to: {said[name]}: {error.strerror}.")
    if wrong:
        raise CannotStart(MISCONFIGURED, *wrong)


def find_port_free(what: str, host: str, port: int) -> None:
    """CannotStart where nobody can listen, or somebody does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except OSError as error:
        code = TRY_AGAIN if error.errno == errno.EADDRINUSE else MISCONFIGURED
        reason = f"{' and '.join(LISTENING[what])} say {host} and {port}, where nobody can listen: {error.strerror}."
        raise CannotStart(code, reason) from None


def find_in_order() -> None:
    """CannotStart, with everything that Django's checks and ours find, for whatever people shouldn't work with."""
    import django
    from django.core.checks import WARNING, run_checks
    from django.db import OperationalError, connection

    django.setup()
    try:
        found = run_checks(include_deployment_checks=True, databases=["default"])
        waiting = migrations_to_come(connection)
    except OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        raise CannotStart(TRY_AGAIN, f"the database of DATABASE_URL doesn't answer: {reason}") from None
    finally:
        connection.close()
    if wrong := [issue for issue in found if issue.level >= WARNING and not issue.is_silenced()]:
        raise CannotStart(MISCONFIGURED, *(in_one_line(issue) for issue in wrong))
    if waiting:
        raise CannotStart(TRY_AGAIN, f"{waiting} migrations are not applied: run `scripts/serve migrate` first.")


def migrations_to_come(connection: Any) -> int:
    """How many migrations of this release the database hasn't seen."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def in_one_line(issue: Any) -> str:
    """What a check found, what to do, and its id."""
    said: Iterable[str] = (str(part).strip().replace("\n", " ") for part in (issue.msg, issue.hint) if part)
    return f"{' '.join(said)} ({issue.id})"


def print_keys() -> int:
    """Keys that nobody has: lines for the environment."""
    from cryptography.fernet import Fernet

    print(f"SECRET_KEY={secrets.token_urlsafe(50)}\nCONNECTOR_KEYS={Fernet.generate_key().decode()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
