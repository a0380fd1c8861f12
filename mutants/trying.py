"""Tries mutants in a warm nursery; for the few for which its children can't be changed one begins anew each."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from mutants.choosing import CASES_OF_NETS, OF_RACES, REACH, Choice, Named, outer_function, read_measured
from mutants.finding import Mutant
from mutants.kept import Result
from mutants.tree import KEPT, ROOT, TREE, holding

AT_ONCE = 300  # mutants of a nursery
# These run what they test in processes or browsers, which nothing watches, and some take minutes.
UNMEASURED = ("tests/durability", "tests/embedded", "tests/front", "tests/clients", "tests/recipes", "tests/model")


def collect(paths: Sequence[str], again: bool) -> None:
    """Measure what the tests of these paths would miss, but for those that were measured."""
    known = [] if again else list(read_measured().seconds)
    _nursery([{"name": "reach", "measure": list(paths), "known": known, "but": UNMEASURED}], REACH)


def try_all(mutants: Sequence[Mutant], choice: Choice | Named, seconds: float, keep: Callable[[Result], None]) -> None:
    """Try each; `keep` is told at once what came of it."""
    waiting: list[tuple[Mutant, dict]] = []
    for mutant in _without_nets(mutants, keep) if isinstance(choice, Choice) else mutants:
        task = _asked(mutant, choice, seconds)
        if task["tests"]:
            waiting.append((mutant, task))
        else:
            outcome = "in scope" if choice.is_behind_a_policy(mutant) else "lived"
            keep(_result(mutant, {"outcome": outcome, "by": "", "tests": 0}))
    cold: list[tuple[Mutant, dict]] = []
    while waiting:
        cold += _try_together(waiting[:AT_ONCE], keep)
        waiting = waiting[AT_ONCE:]
    for mutant, task in cold:
        with ExitStack() as stack:
            path = TREE / mutant.file
            stack.enter_context(holding(path, mutant.applied(path.read_bytes())))
            _try_together([(mutant, {**task, "is_cold": True})], keep)


def _without_nets(mutants: Sequence[Mutant], keep: Callable[[Result], None]) -> list[Mutant]:
    """Try the nets that have a case of their own, all of them together; returns what is left."""
    nets = {mutant.name.rpartition("::")[2]: mutant for mutant in mutants if mutant.kind in ("check", "unique")}
    answers, cases = KEPT / "answers.jsonl", {}
    answers.unlink(missing_ok=True)
    task = {
        "name": "nets",
        "nets": {net: mutant.statements[0] for net, mutant in nets.items()},
        "tests": dict.fromkeys(CASES_OF_NETS, 60.0),
        "is_raced": False,
    }
    _nursery([task] if nets else [], answers, lambda answer: cases.update(answer["cases"]))
    dead = {nets[net].name: test for net, test in cases.items() if net in nets}
    for mutant in [mutant for mutant in mutants if mutant.name in dead]:
        keep(_result(mutant, {"outcome": "died", "by": dead[mutant.name], "tests": len(CASES_OF_NETS)}))
    return [mutant for mutant in mutants if mutant.name not in dead]


def _try_together(tasks: Sequence[tuple[Mutant, dict]], keep: Callable[[Result], None]) -> list[tuple[Mutant, dict]]:
    """In one nursery, and in another one when it dies: what it died of is `broken`. Returns what has to begin cold."""
    cold: list[tuple[Mutant, dict]] = []
    waiting = {mutant.name: (mutant, task) for mutant, task in tasks}
    answers = KEPT / "answers.jsonl"

    def told(answer: dict) -> None:
        mutant, task = waiting.pop(answer.pop("name"))
        if answer["outcome"] == "cold":
            cold.append((mutant, task))
        else:
            keep(_result(mutant, answer))

    while waiting:
        before = len(waiting)
        answers.unlink(missing_ok=True)
        _nursery([task for _, task in waiting.values()], answers, told)
        if len(waiting) == before > 1:
            raise RuntimeError(f"Nothing was tried: see {KEPT.name}/nursery.log.")
        if waiting:
            mutant, _ = waiting.pop(next(iter(waiting)))
            keep(_result(mutant, {"outcome": "broken", "by": f"see {KEPT.name}/nursery.log", "tests": 0}))
    return cold


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


def _asked(mutant: Mutant, choice: Choice | Named, seconds: float) -> dict:
    outer, line, _last = outer_function(mutant) if mutant.file else ("", 0, 0)
    return {
        "name": mutant.name,
        "tests": {name: choice.seconds[name] for name in choice.tests_for(mutant, seconds)},
        "is_raced": mutant.kind in OF_RACES,
        "file": mutant.file,
        "outer": outer,
        "line": line,
        "text": mutant.applied((ROOT / mutant.file).read_bytes()).decode() if mutant.file else "",
        "on_import": mutant.on_import,
        "is_cold": False,
        "statements": mutant.statements,
        "put_back": mutant.put_back,
    }


def _result(mutant: Mutant, told: dict) -> Result:
    return Result(mutant.name, mutant.print, mutant.says, told["outcome"], told["by"], told["tests"])
