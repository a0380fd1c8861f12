"""What the terminal shows: short lines, no stack traces; the details are in DATA_DIR/log."""

import json
import shutil
import sys
from pathlib import Path

LOG_MAX_BYTES = 20 * 1024 * 1024


def say(line: str) -> None:
    """Print one progress line; a terminal that has gone away must not take the services with it."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115  stays open for the rest of the process


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file, indented."""
    try:
        content = log.read_text(errors="replace")[-20_000:].splitlines()
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in content[-lines:])


def fresh_log(log: Path) -> Path:
    """Begin a log file anew at start; the one of the run before is kept as *.1."""
    log.parent.mkdir(mode=0o700, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    log.touch(mode=0o600)
    return log


def limit_log(log: Path) -> None:
    """Move a large log to *.1 in place: children hold it open in append mode and go on at its new end."""
    if log.stat().st_size > LOG_MAX_BYTES:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        with log.open("r+b") as file:
            file.truncate(0)


def show_ready(base_url: str, demo_file: Path, log_dir: Path, seconds: float) -> None:
    """The address, who can sign in, and where to look."""
    told = json.loads(demo_file.read_text())
    users = told.get("users", {})
    say(f"\nWanliu is ready at {base_url}/ ({seconds:.1f} s)\n")
    width = max((len(str(user.get("username", name))) for name, user in users.items()), default=0)
    for name, user in users.items():
        say(f"  {user.get('username', name):<{width}}  {user.get('password', '')}")
    if not users:
        say("  No demo here: `manage.py create_operator` opens the first account.")
    keys = f"API keys: {demo_file} · " if users else ""
    keys += f"group chat: {told['chat']}/ · " if "chat" in told else ""
    say(f"\n{keys}logs: {log_dir}/ · Ctrl-C stops everything\n")
