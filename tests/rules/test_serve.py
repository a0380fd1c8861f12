"""scripts/serve: what a process that goes on keeps of what it was begun with."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded.paths import ROOT
from tests.rules.test_settings import GOOD

PATIENCE_S = 60


def told_to_others(pid: int) -> dict[str, str]:
    """The environment of a process, as the kernel shows it to whoever may look."""
    lines = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(line.split("=", 1) for line in lines if line)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the kernel shows no process's environment")
@pytest.mark.parametrize("is_in_file", [False, True])
def test_the_owners_address_is_not_what_a_worker_was_begun_with(tmp_path, is_in_file):
    """Looked at when it asks the database for the first time: here nobody answers there."""
    file = tmp_path / "wanliu.env"
    with socket.create_server(("127.0.0.1", 0)) as database:
        database.settimeout(PATIENCE_S)
        address = f"postgres://wanliu_app:secret-one@127.0.0.1:{database.getsockname()[1]}/wanliu"
        owners = {"OWNER_DATABASE_URL": address.replace("wanliu_app:secret-one", "wanliu:secret-two")}
        said = {name: value for name, value in GOOD.items() if name not in owners}
        said |= {"DATA_DIR": str(tmp_path), "DATABASE_URL": address}
        said |= {} if is_in_file else owners
        lines = ["LOG_LEVEL=ERROR", *(f"{name}={value}" for name, value in owners.items() if is_in_file)]
        file.write_text("\n".join(lines))
        environ = {"PATH": os.environ["PATH"], "SETTINGS_FILE": str(file), **said}
        command = [sys.executable, "-m", "config.serve", "worker"]
        with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as worker:
            try:
                database.accept()[0].close()
                shown = told_to_others(worker.pid)
            finally:
                worker.kill()
    assert "secret-two" not in "".join(shown.values())
    assert (shown["DATABASE_URL"], shown["LOG_LEVEL"]) == (address, "ERROR"), "and what else was said, it has"
