"""Tries mutants: a warm nursery has those for which a child can be changed; for the others one begins anew each."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from mutants.choosing import REACH, Choice, Named, outer_function, read_reach
from mutants.finding import Mutant
from mutants.kept import Result
from mutants.tree import KEPT, ROOT, TREE, holding

AT_ONCE = 40  # mutants of a nursery: as many are lost when one dies
# These run what they test in processes or browsers, which no trace follows, and some take minutes.
UNMEASURED = ("tests/durability", "tests/embedded", "tests/front", "tests/clients", "tests/recipes")


def collect(paths: Sequence[str], again: bool) -> None:
    """Measure which lines the tests of these paths reach, but for those that were measured."""
    known = [] if again else list(read_reach(REACH))
    _nursery([{"name": "reach", "measure": list(paths), "known": known, "but": UNMEASURED}], REACH)


def try_all(mutants: Sequence[Mutant], choice: Choice | Named, seconds: float, keep: Callable[[Result], None]) -> None:
    """Try each; `keep` is told at once what came of it."""
    tasks = [(mutant, _task(mutant, choice, seconds)) for mutant in mutants]
    for mutant, task in tasks:
        if not task["tests"]:
            keep(_result(mutant, {"outcome": "lived", "by": "", "tests": 0}))
    warm = [pair for pair in tasks if pair[1]["tests"] and not mutant_is_cold(pair[0])]
    cold = [pair for pair in tasks if pair[1]["tests"] and mutant_is_cold(pair[0])]
    for start in range(0, len(warm), AT_ONCE):
        _try_together(warm[start : start + AT_ONCE], keep)
    for mutant, task in cold:
        with ExitStack() as stack:
            path = TREE / mutant.file
            stack.enter_context(holding(path, mutant.applied(path.read_bytes())))
            _try_together([(mutant, task)], keep)


def mutant_is_cold(mutant: Mutant) -> bool:
    """Whether it is done while a file is imported."""
    return bool(mutant.file) and mutant.on_import


def _try_together(tasks: Sequence[tuple[Mutant, dict]], keep: Callable[[Result], None]) -> None:
    """In one nursery. What it doesn't come to, because it dies of something, is `broken`."""
    by_name = {mutant.name: mutant for mutant, _task_ in tasks}
    answers = KEPT / "answers.jsonl"
    answers.unlink(missing_ok=True)

    def told(answer: dict) -> None:
        keep(_result(by_name.pop(answer.pop("name")), answer))

    _nursery([task for _mutant, task in tasks], answers, told)
    for mutant in by_name.values():
        keep(_result(mutant, {"outcome": "broken", "by": f"see {KEPT.name}/nursery.log", "tests": 0}))


def _nursery(tasks: Sequence[dict], answers: Path, told: Callable[[dict], None] | None = None) -> None:
    """Run one, and tell what it answers while it does."""
    if not tasks:
        return
    listed, log = KEPT / "tasks.jsonl", KEPT / "nursery.log"
    listed.write_text("".join(f"{json.dumps(task)}\n" for task in tasks))
    answers.touch()
    with log.open("w") as output, answers.open() as reading:
        command = [sys.executable, "-m", "mutants.nursery", str(listed), str(answers)]
        process = subprocess.Popen(command, cwd=TREE, stdout=output, stderr=subprocess.STDOUT)
        try:
            while process.poll() is None:
                try:
                    process.wait(1)
                except subprocess.TimeoutExpired:
                    pass
                for line in reading if told else ():
                    told(json.loads(line))
        finally:
            process.terminate()
            process.wait()


def _task(mutant: Mutant, choice: Choice | Named, seconds: float) -> dict:
    outer, line, _last = outer_function(mutant) if mutant.file else ("", 0, 0)
    tests = choice.tests_for(mutant, seconds)
    return {
        "name": mutant.name,
        "tests": tests,
        "seconds": sum(choice.tests[name].seconds for name in tests),
        "file": mutant.file,
        "outer": outer,
        "line": line,
        "text": mutant.applied((ROOT / mutant.file).read_bytes()).decode() if mutant.file else "",
        "on_import": mutant_is_cold(mutant),
        "statements": mutant.statements,
    }


def _result(mutant: Mutant, told: dict) -> Result:
    return Result(mutant.name, mutant.print, mutant.says, told["outcome"], told["by"], told["tests"])
