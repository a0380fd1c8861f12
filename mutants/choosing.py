"""Which tests are tried on a mutant: those that would miss it, the likeliest to fail first, while there is time."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from mutants.finding import Mutant, functions_of
from mutants.tree import KEPT, ROOT

REACH = KEPT / "reach.jsonl"
RACES = re.compile(r"\b(overtaken|together|threading|race)\b")  # what lets some meet, or what came of it
NETS = re.compile(r"nets\.py$|^tests/tenancy/")
# These ask each net by its name, and can do so without it (mutants.nursery).
CASES_OF_NETS = (
    "tests/tenancy/test_nets.py::test_the_tables_refuse_what_must_never_be_of_each_kind",
    "tests/concurrency/test_return_nets.py::test_the_tables_refuse_what_must_never_be",
)
# These read PostgreSQL's catalogue and name no table.
OF_CATALOGUE = re.compile(
    r"::test_(row_level_security_.*|no_count_is_below_zero|every_(foreign_)?key_.*|what_a_model_says_is_unique_.*)$"
)
# Where each transition may begin is drawn, of code that nobody watches.
DIAGRAMS = "tests/test_states.py::test_the_page_is_the_code"
OF_RACES = {"lock", "skip_locked", "claim", "guard"}
OF_TABLES = {"check", "unique", "reference", "policy", "trigger"}


@dataclass(frozen=True)
class Measured:
    """What `mutants --collect` has found out: what is watched, what was passed by any test, what each would miss."""

    points: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    missed: dict[str, Sequence[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class Choice:
    """Chooses by what was measured."""

    def __init__(self, path: Path = REACH):
        self.measured = read_measured(path)
        self.seconds: Mapping[str, float] = {DIAGRAMS: 1.0, **self.measured.seconds}
        self.by_point: dict[str, list[str]] = defaultdict(list)
        for test, points in self.measured.missed.items():
            for point in points:
                self.by_point[point].append(test)

    def tests_for(self, mutant: Mutant, seconds: float) -> list[str]:
        """The tests to try, in their order: together about as long as `seconds`, but at least one."""
        ranked = self._by_name(mutant) if mutant.kind in OF_TABLES else self._by_point(mutant)
        chosen, left = [], seconds
        for name in ranked:
            took = self.seconds[name]
            if not chosen or took <= left:
                chosen.append(name)
                left -= took
        return chosen

    def is_behind_a_policy(self, mutant: Mutant) -> bool:
        """Whether it names a store, and tests came by, but never where rows of another store were to be seen."""
        return mutant.kind == "tenant" and mutant.point in self.measured.passed and not self.by_point[mutant.point]

    def _by_point(self, mutant: Mutant) -> list[str]:
        raced = mutant.kind in OF_RACES

        def rank(name: str) -> tuple:
            return (raced and not is_race(name), len(self.measured.missed[name]), self.seconds[name])

        if not mutant.on_import and mutant.point in self.measured.points:
            return sorted(self.by_point[mutant.point], key=rank)
        outer, _first, _last = outer_function(mutant)
        # Whoever enters the function; of what is outside of any, whoever comes into a function of the file.
        entered = self.by_point.get(f"{mutant.file}::{outer}") or set().union(
            *(tests for point, tests in self.by_point.items() if point.startswith(f"{mutant.file}::"))
        )
        drawn = [DIAGRAMS] if mutant.kind == "source" else []
        return [*drawn, *sorted(entered, key=rank)]

    def _by_name(self, mutant: Mutant) -> list[str]:
        """Those of a constraint: it is asked by its name, or by that of its table."""
        table, _kind, name = mutant.name.split("::")

        def rank(test: str) -> tuple:
            return (name not in test, not OF_CATALOGUE.search(test), table not in test, self.seconds[test])

        nets = [test for test in self.seconds if NETS.search(test.partition("::")[0]) or name in text_of(test)]
        named = (
            test
            for test in nets
            if name in text_of(test) or table in text_of(test) or table in test or OF_CATALOGUE.search(test)
        )
        return sorted(named, key=rank)


class Named:
    """The tests that somebody has named, for whatever mutant."""

    def __init__(self, names: Sequence[str]):
        self.seconds = dict.fromkeys(names, 10.0)

    def tests_for(self, mutant: Mutant, seconds: float) -> list[str]:
        """All of them."""
        return list(self.seconds)

    def is_behind_a_policy(self, mutant: Mutant) -> bool:
        """Nothing was measured."""
        return False


@cache
def _text(file: str) -> str:
    return (ROOT / file).read_text()


def text_of(test: str) -> str:
    """The file of a test."""
    return _text(test.partition("::")[0])


@cache
def is_race(test: str) -> bool:
    """Whether a test lets several meet on connections of their own."""
    name = test.rpartition("::")[2].partition("[")[0]
    body = re.search(rf"^def {re.escape(name)}\b.*?(?=^(?:def|class|@)|\Z)", text_of(test), re.MULTILINE | re.DOTALL)
    return bool(body and RACES.search(body[0]))


def outer_function(mutant: Mutant) -> tuple[str, int, int]:
    """The outermost function that a mutant is in: name, first and last line; no name for what is outside of any."""
    source = (ROOT / mutant.file).read_bytes()
    line = source[: mutant.span[0]].count(b"\n") + 1
    for name, first, last in _functions(source):
        if first <= line <= last:
            return name, first, last
    return "", 1, 1


@cache
def _functions(source: bytes) -> list[tuple[str, int, int]]:
    return list(functions_of(source))


def read_measured(path: Path = REACH) -> Measured:
    """Everything that was measured; what came later counts."""
    found, names = Measured(), []
    for line in path.read_text().splitlines() if path.exists() else ():
        told = json.loads(line)
        if told["outcome"] == "points":
            names = told["points"]
            found.points.update(names)
        elif told["outcome"] == "measured":
            known = names + told["later"]
            found.points.update(told["later"])
            found.passed.update(known[point] for point in told["passed"])
            for test, of_test in told["tests"].items():
                found.missed[test] = [known[point] for point in of_test["missed"]]
                found.seconds[test] = of_test["seconds"]
    return found
