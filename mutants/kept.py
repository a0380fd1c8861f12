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
ENDS = ("died", "lived", "timed out", "broken")


@dataclass(frozen=True)
class Result:
    """How a mutant ended: it `died` `by` a test, `lived` through `tests` of them, or hung (`timed out`)."""

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


def to_try(mutants: Iterable[Mutant], results: dict[str, Result]) -> list[Mutant]:
    """Those that weren't tried, or whose function is another one by now."""
    return [mutant for mutant in mutants if mutant.name not in results or results[mutant.name].print != mutant.print]


@cache
def reasons() -> dict[str, str]:
    """Pattern of names → why such mutants may live."""
    return tomllib.loads(REASONS.read_text())


def reason_for(name: str) -> str:
    """Why this mutant may live; empty when nobody has said."""
    return next((reason for pattern, reason in reasons().items() if fnmatchcase(name, pattern)), "")


def unexplained(results: Iterable[Result]) -> list[Result]:
    """The survivors that nobody has explained."""
    return [result for result in results if not result.is_dead and not reason_for(result.name)]
