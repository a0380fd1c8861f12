"""What came of the mutants, and why those that live may: results.jsonl and reasons.toml beside this file."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from mutants.finding import Mutant

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.jsonl"
REASONS = HERE / "reasons.toml"
ENDS = ("died", "lived", "in scope", "timed out", "broken")
IN_SCOPE = (
    "no test asks it where rows of another store are to be seen: in a store's scope the table's policy shows none"
)


@dataclass(frozen=True)
class Result:
    """How a mutant ended: it `died` `by` a test, `lived` through `tests` of them, or hung (`timed out`).

    A store's filter that is `in scope` is behind the policy of its table wherever a test comes by.
    """

    name: str
    print: str
    says: str
    outcome: str
    by: str
    tests: int

    @property
    def is_dead(self) -> bool:
        """Whether a test notices it: one that fails, or one that waits for ever."""
        return self.outcome in ("died", "timed out")

    @property
    def may_live(self) -> str:
        """Why it may live; empty when nobody has said."""
        return IN_SCOPE if self.outcome == "in scope" else reason_for(self.name)


def read_results(path: Path = RESULTS) -> dict[str, Result]:
    """Mutant → what came of it."""
    lines = path.read_text().splitlines() if path.exists() else []
    return {result.name: result for result in (Result(**json.loads(line)) for line in lines)}


def write_results(results: Iterable[Result], path: Path = RESULTS) -> None:
    """Keep them, a line each in the order of their names."""
    lines = [
        json.dumps(asdict(result), ensure_ascii=False) for result in sorted(results, key=lambda result: result.name)
    ]
    path.write_text("".join(f"{line}\n" for line in lines))


def of_these(mutants: Iterable[Mutant], results: dict[str, Result]) -> dict[str, Result]:
    """The results of mutants that there are: of a guard that is gone nothing is told."""
    names = {mutant.name for mutant in mutants}
    return {name: result for name, result in results.items() if name in names}


def to_try(mutants: Iterable[Mutant], results: dict[str, Result]) -> list[Mutant]:
    """Those that weren't tried, whose function is another one by now, or that live without a reason."""

    def is_done(mutant: Mutant) -> bool:
        result = results.get(mutant.name)
        return result is not None and result.print == mutant.print and (result.is_dead or bool(result.may_live))

    return [mutant for mutant in mutants if not is_done(mutant)]


@cache
def reasons() -> dict[str, str]:
    """Pattern of names → why such mutants may live."""
    return tomllib.loads(REASONS.read_text())


def reason_for(name: str) -> str:
    """Why this mutant may live; empty when nobody has said."""
    return next((reason for pattern, reason in reasons().items() if fnmatchcase(name, pattern)), "")


def unexplained(results: Iterable[Result]) -> list[Result]:
    """The survivors that nobody has explained."""
    return [result for result in results if not result.is_dead and not result.may_live]
