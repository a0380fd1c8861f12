"""A pytest that is warm: everything is imported and collected, the test database stands. Each trial is a fork of it.

`python -m mutants.nursery TASKS ANSWERS` runs in the copy. A task (a line of JSON) either measures which lines tests
reach, or runs some without a guard until one fails. A child that was forked puts the changed function in the place of
the one that is loaded; what is done on import is changed in the file before this process starts (`trying`).
"""

import gc
import json
import os
import select
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import CodeType, FunctionType

import coverage
import pytest
from django.db import connection, connections
from pytest_django.plugin import blocking_manager_key

from common.queries import NAMED
from mutants.finding import ROOMS, functions_of
from mutants.tree import holding

WARM = "tests/test_mutants.py"
GRACE_S = 60  # beyond what the tests took before, however slow the machine is just now
SLOWER = 5
MEASURED_TOGETHER = 40


class Nursery:
    """The plugin that does tasks in the place of running the collected tests one after the other."""

    def __init__(self, tasks: list[dict], answers: Path):
        self.tasks, self.answers = tasks, answers
        self.failed: dict[str, str] = {}
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report) -> None:
        """Note how each test ends and how long it takes."""
        self.seconds[report.nodeid] += report.duration
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
        self.loaded = _loaded_functions()
        for task in self.tasks:
            for answer in self._measure(task) if "measure" in task else [self._try(task)]:
                with self.answers.open("a") as answers:
                    answers.write(json.dumps({"name": task["name"], **answer}) + "\n")
        return True

    def _try(self, task: dict) -> dict:
        """Take the guard out and run tests until one fails which doesn't fail with it in its place."""
        tests = [name for name in task["tests"] if name in self.items]
        patience = GRACE_S + SLOWER * task["seconds"]
        unsure: list[str] = []
        while True:
            chosen = [name for name in tests if name not in unsure]
            told = self._without_guard(task, lambda: self._run(chosen), patience)  # noqa: B023
            if told["outcome"] != "died" or task["on_import"] or self._is_healthy(told["by"], patience):
                return {**told, "tests": len(chosen)}
            unsure.append(told["by"])

    def _is_healthy(self, test: str, patience: float) -> bool:
        return self._in_child(lambda: self._run([test]), patience)["outcome"] == "lived"

    def _without_guard(self, task: dict, work: Callable[[], dict], patience: float) -> dict:
        with ExitStack() as stack:
            path = Path(task["file"]).resolve() if task["file"] else None
            if path is not None and not task["on_import"]:
                text = task["text"].encode()
                stack.enter_context(holding(path, text))
                swapped = self.loaded.get((str(path), task["outer"], task["line"]), [])
                told = self._in_child(lambda: _swap(swapped, text, path) or work(), patience)
            else:
                self._execute(task["statements"])
                told = self._in_child(work, patience)
        if task["statements"] or told["outcome"] == "timed out":
            self._make_database_anew()
        return told

    def _run(self, names: Sequence[str]) -> dict:
        """Run tests one after the other until one fails."""
        items = [self.items[name] for name in names]
        for item, following in zip(items, [*items[1:], self.after], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return {"outcome": "died", "by": item.nodeid}
        return {"outcome": "lived", "by": ""}

    def _measure(self, task: dict) -> Iterator[dict]:
        """Which lines the tests reach, function by function, and how long each takes; some of them in each child."""
        known, unmeasured = set(task["known"]), tuple(task["but"])
        names = [name for name in self.items if name not in known and not name.startswith((*unmeasured, WARM))]
        names = [name for name in names if not self.items[name].get_closest_marker("browser")]
        for start in range(0, len(names), MEASURED_TOGETHER):
            group = names[start : start + MEASURED_TOGETHER]
            told = self._in_child(lambda: self._reached(group), patience=60 * len(group))  # noqa: B023
            if told["outcome"] != "measured":
                self._make_database_anew()
            yield told

    def _reached(self, names: Sequence[str]) -> dict:
        measuring = coverage.Coverage(data_file=None, config_file=False, source=[*ROOMS], messages=False)
        measuring.start()
        for name in names:
            measuring.switch_context(name)
            item = self.items[name]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=self.after)
        measuring.stop()
        found: dict[str, dict] = {name: {"seconds": round(self.seconds[name], 2), "lines": {}} for name in names}
        data = measuring.get_data()
        for file in data.measured_files():
            path = Path(file)
            by_line = data.contexts_by_lineno(file)
            for function, first, last in functions_of(path.read_bytes()):
                key = f"{path.relative_to(Path.cwd())}::{function}"
                for line in range(first, last + 1):
                    for context in filter(None, by_line.get(line, ())):
                        found[context]["lines"].setdefault(key, []).append(line - first)
        failed = set(self.failed)
        return {"outcome": "measured", "tests": {name: found[name] for name in names if name not in failed}}

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

    def _in_child(self, work: Callable[[], dict], patience: float) -> dict:
        """What `work` answers in a fork of this process; `timed out` when it takes longer than `patience` seconds."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.setsid()
            os.close(reading)
            try:
                told = work()
            except BaseException:
                told = {"outcome": "broken", "by": traceback.format_exc()}
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(json.dumps(told).encode())
            os._exit(0)
        os.close(writing)
        deadline, text = time.monotonic() + patience, b""
        try:
            with os.fdopen(reading, "rb", buffering=0) as pipe:
                while select.select([pipe], [], [], max(deadline - time.monotonic(), 0))[0]:
                    read = pipe.read(2**20)
                    text += read
                    if not read:
                        break
        finally:
            _end(child)
        return json.loads(text) if text else {"outcome": "timed out", "by": ""}


def _end(child: int) -> None:
    """End a child and whatever it has started."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(child, 0)


def _loaded_functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """File, name and first line → the functions that are made of that code, wherever they are held."""
    gc.unfreeze()  # what is frozen isn't listed
    found = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType):
            code = thing.__code__
            found[os.path.realpath(code.co_filename), code.co_qualname, code.co_firstlineno].append(thing)
    return found


def _swap(functions: Sequence[FunctionType], text: bytes, path: Path) -> None:
    """Give these functions, which are one, the code that they have in `text`."""
    if not functions:
        if any(getattr(module, "__file__", None) == str(path) for module in sys.modules.values()):
            raise LookupError(f"What changes in {path} is done on import, or nobody holds it.")
        return  # not imported so far: it is read from the file
    was = functions[0].__code__
    waiting: list[CodeType] = [compile(text, str(path), "exec")]
    while waiting:
        code = waiting.pop()
        if (code.co_qualname, code.co_firstlineno) == (was.co_qualname, was.co_firstlineno):
            for function in functions:
                function.__code__ = code
            for query in NAMED.values():
                if query.build in functions:
                    vars(query).pop("compiled", None)  # of the code that was there before
            return
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    raise LookupError(f"{was.co_qualname} isn't in {path} any more.")


def main(arguments: Sequence[str]) -> int:
    """Do the tasks in one file and add what comes of them to another."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that its child ends with it
    tasks = [json.loads(line) for line in Path(arguments[0]).read_text().splitlines()]
    files = sorted({name.partition("::")[0] for task in tasks for name in task.get("measure") or task["tests"]})
    options = ["-p", "no:cacheprovider", "--create-db"]
    return int(pytest.main([*options, WARM, *files], plugins=[Nursery(tasks, Path(arguments[1]))]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
