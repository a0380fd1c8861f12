"""Which tests are tried on a mutant: those that reach it, the likeliest to fail first, as many as there is time for."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mutants.finding import Mutant, functions_of
from mutants.tree import KEPT, ROOT

REACH = KEPT / "reach.jsonl"
RACES = re.compile(r"\b(overtaken|together|threading)\b")  # what a test calls that lets some meet
NETS = re.compile(r"nets\.py$|^tests/tenancy/")
OF_RACES = {"lock", "skip_locked", "claim", "guard"}
OF_TABLES = {"check", "unique", "reference", "policy", "trigger"}


@dataclass(frozen=True)
class Reach:
    """What one test reaches: function (`payments/budgets.py::_move`) → lines, counted from the function's first."""

    seconds: float
    lines: Mapping[str, Sequence[int]]


class Choice:
    """Chooses by what `mutants collect` has measured."""

    def __init__(self, path: Path = REACH):
        self.tests = {name: Reach(**said) for name, said in read_reach(path).items()}
        self.by_function: dict[str, list[str]] = defaultdict(list)
        for name, reach in self.tests.items():
            for function in reach.lines:
                self.by_function[function].append(name)

    def tests_for(self, mutant: Mutant, seconds: float) -> list[str]:
        """The tests to try, in their order: together about as long as `seconds`, but at least one."""
        ranked = self._by_name(mutant) if mutant.kind in OF_TABLES else self._by_reach(mutant)
        chosen, left = [], seconds
        for name in ranked:
            took = self.tests[name].seconds
            if not chosen or took <= left:
                chosen.append(name)
                left -= took
        return chosen

    def _by_reach(self, mutant: Mutant) -> list[str]:
        outer, first, _last = outer_function(mutant)
        key = f"{mutant.file}::{outer}"
        wanted = {line - first for line in mutant.lines}
        raced = mutant.kind in OF_RACES

        def rank(name: str) -> tuple:
            reach = self.tests[name]
            reaches = bool(wanted & set(reach.lines.get(key, ())))
            return (not reaches, raced and not is_race(name), len(reach.lines), reach.seconds)

        if outer:
            return sorted(self.by_function[key], key=rank)
        # Of the file: whoever reaches a function of it.
        found = [tests for function, tests in self.by_function.items() if function.startswith(f"{mutant.file}::")]
        return sorted(set().union(*found), key=rank)

    def _by_name(self, mutant: Mutant) -> list[str]:
        """Those of a constraint: it is asked by its name, or by that of its table."""
        table, _kind, name = mutant.name.split("::")

        def rank(test: str) -> tuple:
            return (name not in test, table not in test, self.tests[test].seconds)

        nets = [test for test in self.tests if NETS.search(test.partition("::")[0]) or name in text_of(test)]
        named = (test for test in nets if name in text_of(test) or table in text_of(test) or table in test)
        return sorted(named, key=rank)


class Named:
    """The tests that somebody has named, for whatever mutant."""

    def __init__(self, names: Sequence[str]):
        self.tests = {name: Reach(seconds=10.0, lines={}) for name in names}

    def tests_for(self, mutant: Mutant, seconds: float) -> list[str]:
        """All of them."""
        return list(self.tests)


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


def read_reach(path: Path) -> dict[str, dict]:
    """Test → what it reaches; what was measured later counts."""
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text().splitlines():
        told = json.loads(line)
        found.update(told["tests"] if told["outcome"] == "measured" else {})
    return found
