"""A pytest that is warm: everything is imported and collected, the test database stands. Each trial is a fork of it.

`python -m mutants.nursery TASKS ANSWERS` runs in the copy. A task (a line of JSON) either measures what tests would
miss, or runs some without a guard until one fails. A child that was forked puts what is changed in the place of what is
loaded (`swapping`); for the few where it can't, the file is changed before this process starts (`trying`).
"""

import gc
import json
import os
import re
import select
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from io import FileIO
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections
from pytest_django.plugin import blocking_manager_key

from mutants import watching
from mutants.tree import holding

WARM = "tests/test_mutants.py"
GRACE_S = 45  # for a test, beyond what it took before, however slow the machine is just now
SLOWER = 8
MEASURED_TOGETHER = 40
REFUSED_BY_NONE = re.compile("DID NOT RAISE|did not match")  # or by another than the one that is asked


class Nursery:
    """The plugin that does tasks in the place of running the collected tests one after the other."""

    def __init__(self, tasks: list[dict], answers: Path):
        self.tasks, self.answers = tasks, answers
        self.failed: dict[str, str] = {}
        self.seconds: dict[str, float] = defaultdict(float)
        self.cases: dict[str, str] = {}  # what failed of a test of many cases → the test
        self.healthy: set[str] = set()  # tests that passed with all guards in their places
        self.begins: Callable[[str], None] = lambda name: None

    def pytest_runtest_logreport(self, report) -> None:
        """Note how each test ends and how long it takes."""
        self.seconds[report.nodeid] += report.duration
        if report.failed and isinstance(report, pytest.SubtestReport):
            case = str(report.context.msg).rpartition(" ")[2]
            self.cases[case] = report.nodeid if REFUSED_BY_NONE.search(report.longreprtext) else ""
        if report.failed:
            self.failed[report.nodeid] = report.longreprtext

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session) -> bool:
        """Warm up, then do every task."""
        self.unblocked = session.config.stash[blocking_manager_key].unblock
        self.items = {item.nodeid: item for item in session.items}
        self.after = next(item for name, item in self.items.items() if name.startswith(f"{WARM}::test_the_nursery_"))
        elsewhere = next(item for name, item in self.items.items() if not name.startswith(WARM))
        # What lasts for the session is set up, and stays: each test of a child is followed by one of another file.
        session.config.hook.pytest_runtest_protocol(item=self.after, nextitem=elsewhere)
        if self.failed:
            raise RuntimeError("\n".join(self.failed.values()))
        connections.close_all()
        from mutants.swapping import loaded_functions  # it imports rooms, which have to be watched before

        self.loaded = loaded_functions()
        gc.collect()
        gc.freeze()  # so that no child's collector writes to what it shares with this process
        for task in self.tasks:
            for answer in self._done(task):
                with self.answers.open("a") as answers:
                    answers.write(json.dumps({"name": task["name"], **answer}) + "\n")
        return True

    def _done(self, task: dict) -> Iterable[dict]:
        if "measure" in task:
            return self._measure(task)
        return [self._try_nets(task) if "nets" in task else self._try(task)]

    def _try_nets(self, task: dict) -> dict:
        """Ask each case of the nets' tests without its own net, all in one go: which cases fail, of which test."""

        def work() -> dict:
            from tests.concurrency.test_return_nets import TAKEN_OUT

            TAKEN_OUT.update(task["nets"])
            for name in task["tests"]:
                self._run([name])
                self.failed.clear()
            return {"outcome": "asked", "cases": {case: test for case, test in self.cases.items() if test}}

        healthy = all(self._is_healthy(name, task, task["tests"]) for name in task["tests"])
        return self._in_child(work, task["tests"]) if healthy else {"outcome": "broken", "cases": {}}

    def _try(self, task: dict) -> dict:
        """Take the guard out and run tests until one fails which doesn't fail with it in its place."""
        tests = {name: seconds for name, seconds in task["tests"].items() if name in self.items}
        while True:
            told = self._without_guard(task, lambda: self._run(tests), tests)
            if told["outcome"] != "died" or task["is_cold"] or self._is_healthy(told["by"], task, tests):
                return {**told, "tests": len(tests)}
            del tests[told["by"]]

    def _is_healthy(self, test: str, task: dict, tests: Mapping[str, float]) -> bool:
        """Whether it passes with the guard in its place: seen once, but of what a race decides each time."""
        if test not in self.healthy or task["is_raced"]:
            self.healthy.discard(test)
            if self._in_child(lambda: self._run([test]), tests)["outcome"] == "lived":
                self.healthy.add(test)
            else:
                self._make_database_anew()
        return test in self.healthy

    def _without_guard(self, task: dict, work: Callable[[], dict], tests: Mapping[str, float]) -> dict:
        with ExitStack() as stack:
            path = Path(task["file"]).resolve() if task["file"] else None
            if path is not None and not task["is_cold"]:
                before, text = path.read_bytes(), task["text"].encode()
                stack.enter_context(holding(path, text))
                told = self._in_child(lambda: self._swap(task, before, text, path) or work(), tests)
            else:
                self._execute(task["statements"])
                told = self._in_child(work, tests)
        if told["outcome"] == "timed out" or (task["statements"] and not self._is_put_back(task["put_back"])):
            self._make_database_anew()
        return told

    def _swap(self, task: dict, before: bytes, text: bytes, path: Path) -> None:
        from mutants.swapping import swap, swap_on_import

        if task["on_import"]:
            swap_on_import(before, text, path)
        else:
            swap(self.loaded.get((str(path), task["outer"], task["line"]), []), text, path)

    def _is_put_back(self, statements: Sequence[str]) -> bool:
        """Whether the table has its guard again, which is quicker than a database anew."""
        try:
            self._execute(statements)
        except DatabaseError:
            return False
        return bool(statements)

    def _run(self, names: Iterable[str]) -> dict:
        """Run tests one after the other until one fails."""
        items = [self.items[name] for name in names]
        for item, following in zip(items, [*items[1:], self.after], strict=True):
            self.begins(item.nodeid)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return {"outcome": "died", "by": item.nodeid}
        return {"outcome": "lived", "by": ""}

    def _measure(self, task: dict) -> Iterator[dict]:
        """What each test would miss, and how long it takes; some of them in each child."""
        named = len(watching.POINTS)
        yield {"outcome": "points", "points": watching.POINTS}
        known, unmeasured = set(task["known"]), tuple(task["but"])
        names = [name for name in self.items if name not in known and not name.startswith((*unmeasured, WARM))]
        names = [name for name in names if not self.items[name].get_closest_marker("browser")]
        for start in range(0, len(names), MEASURED_TOGETHER):
            group = names[start : start + MEASURED_TOGETHER]
            told = self._in_child(lambda: self._missed(group, named), dict.fromkeys(group, 10.0))  # noqa: B023
            if told["outcome"] != "measured":
                self._make_database_anew()
            yield told

    def _missed(self, names: Sequence[str], named: int) -> dict:
        found: dict[str, dict] = {}
        for name in names:
            self.begins(name)
            watching.missed.clear()
            item = self.items[name]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=self.after)
            if name not in self.failed:
                found[name] = {"seconds": round(self.seconds[name], 2), "missed": sorted(watching.missed)}
        later = watching.POINTS[named:]  # of what is imported by a test
        return {"outcome": "measured", "tests": found, "passed": sorted(watching.passed), "later": later}

    def _execute(self, statements: Sequence[str]) -> None:
        with self.unblocked():
            for statement in statements:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            connection.close()

    def _make_database_anew(self) -> None:
        """The test database as a fresh copy of the migrated one."""
        name, template = connection.settings_dict["NAME"], os.environ["TEST_TEMPLATE"]
        if not name.startswith("test_"):
            raise RuntimeError(f"{name} isn't a test database.")
        quoted = connection.ops.quote_name
        with self.unblocked(), connection.creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted(name)} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(template)}")

    def _in_child(self, work: Callable[[], dict], tests: Mapping[str, float]) -> dict:
        """What `work` answers in a fork of this process; `timed out` when one of the tests takes by far too long."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.setsid()
            os.close(reading)
            self.begins = lambda name: os.write(writing, f"{json.dumps({'begins': name})}\n".encode())
            try:
                told = work()
            except BaseException as error:
                outcome = "cold" if type(error).__name__ == "Cold" else "broken"
                told = {"outcome": outcome, "by": traceback.format_exc()}
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(json.dumps(told).encode())
            os._exit(0)
        os.close(writing)
        try:
            with os.fdopen(reading, "rb", buffering=0) as pipe:
                return _told(pipe, tests)
        finally:
            _end(child)


def _told(pipe: FileIO, tests: Mapping[str, float]) -> dict:
    """What a child tells in the end; a line before says which test begins, and it has its time from then on."""
    deadline, text, running = time.monotonic() + GRACE_S, b"", ""
    while select.select([pipe], [], [], max(deadline - time.monotonic(), 0))[0]:
        read = pipe.read(2**20)
        if not read:
            return json.loads(text) if text else {"outcome": "broken", "by": f"{running} ended the process."}
        *lines, text = (text + read).split(b"\n")
        for line in lines:
            running = json.loads(line)["begins"]
            deadline = time.monotonic() + GRACE_S + SLOWER * tests[running]
    return {"outcome": "timed out", "by": running}


def _end(child: int) -> None:
    """End a child and whatever it has started."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(child, 0)


def main(arguments: Sequence[str]) -> int:
    """Do the tasks in one file and add what comes of them to another."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that its child ends with it
    tasks = [json.loads(line) for line in Path(arguments[0]).read_text().splitlines()]
    if any("measure" in task for task in tasks):
        watching.begin()
    files = sorted({name.partition("::")[0] for task in tasks for name in task.get("measure") or task["tests"]})
    options = ["-p", "no:cacheprovider", "--create-db"]
    return int(pytest.main([*options, WARM, *files], plugins=[Nursery(tasks, Path(arguments[1]))]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
