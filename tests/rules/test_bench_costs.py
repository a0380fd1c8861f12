"""The benchmarks' CPU by process: whose it is, and how it is told."""

import subprocess
import sys
from collections import Counter

import pytest

from bench.costs import HERE, POSTGRESQL, WEB, WORKER, against, counted, told
from config.front.server import web_arguments

WAITS = [sys.executable, "-c", "import sys; sys.stdin.read()"]
SERVICES = {
    WEB: web_arguments("127.0.0.1", 1),
    WORKER: ("celery", "-A", "config", "worker", "--concurrency", "2"),
    POSTGRESQL: None,
}


@pytest.fixture
def running(request, tmp_path):
    """A process that looks like this service, and waits."""
    command = [*WAITS, *(SERVICES[request.param] or ())]
    if request.param == POSTGRESQL:  # known by the program's own name
        program = tmp_path / "postgres"
        program.symlink_to("/bin/cat")
        command = [program]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield request.param
        process.stdin.close()


@pytest.mark.parametrize("running", SERVICES, indirect=True)
def test_each_service_is_known_by_what_it_was_started_as(running):
    used = Counter()
    with counted(used):
        pass
    assert {HERE, running} <= used.keys()


def test_it_is_told_for_each_call_in_milliseconds():
    ours, theirs = {POSTGRESQL: 0.5, HERE: 2, WEB: 0.0321}, {HERE: 4}
    assert told(ours, 100) == "this process 20.0 · web 0.321 · PostgreSQL 5.0"
    assert against(ours, theirs, 100, 200).endswith("PostgreSQL 5.0; the reference: this process 20.0")
