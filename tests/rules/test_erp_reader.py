"""The process that reads a merchant's file takes only so much of the machine, whatever the file makes it do."""

import json
import signal
import subprocess
import sys

from django.conf import settings

from orders.erp.sheets.faults import WorkbookTooLarge
from orders.erp.sheets.limits import CPU_SECONDS, MIB

# The reading is what a hostile file would make of it; everything around it is the process as it is started.
HOSTILE = """
import runpy
from orders.erp.sheets import limits, table

def greedy(file, tell):
    return [bytearray(600 * {mib})]

def endless(file, tell):
    while True:
        pass

limits.CPU_SECONDS = {seconds}
table.read_table = {does}
runpy.run_module("orders.erp.sheets", run_name="__main__")
"""


def read(does: str, *, seconds: int = CPU_SECONDS) -> subprocess.CompletedProcess:
    """What becomes of a process that does so."""
    command = [sys.executable, "-S", "-c", HOSTILE.format(mib=MIB, seconds=seconds, does=does)]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env={}, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False
    )


def test_a_file_that_unpacks_to_more_memory_than_allowed_is_too_large():
    said = read("greedy")
    assert (said.returncode, json.loads(said.stdout)["error"]) == (0, WorkbookTooLarge().code)


def test_a_file_that_takes_for_ever_is_ended():
    assert read("endless", seconds=1).returncode in (-signal.SIGKILL, -signal.SIGXCPU)
