"""What was read of a big store and of a typical one, as lines on the terminal and as docs/benchmarks-volume.md."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from statistics import median

from bench.report import MOST_AGAINST, UNDECIDED, machine

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks-volume.md"
GOAL = 1.5  # times what the same takes of a typical store
UNSEEN_MS = 10.0  # a difference that nobody feels, and that a busy machine makes by itself


@dataclass(frozen=True)
class Loaded:
    """What `load_volume` has loaded."""

    refunds: int
    stores: int
    seconds: float
    postgresql_seconds: float
    bytes: int

    def line(self) -> str:
        """A sentence."""
        return (
            f"{self.refunds:,} refunds of {self.stores:,} stores loaded in {self.seconds / 60:.1f} minutes: "
            f"{self.refunds / self.seconds:,.0f} a second, {1000 * self.postgresql_seconds / self.refunds:.3f} ms of "
            f"PostgreSQL's CPU each; {self.bytes / 2**30:.1f} GiB."
        )


@dataclass
class Reading:
    """One address, read of both stores in turns; milliseconds."""

    client: str
    address: str
    few_rows: int
    many_rows: int
    few_ms: list[float] = field(default_factory=list)
    many_ms: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    few_blocks: int = 0
    many_blocks: int = 0
    whole_tables: list[str] = field(default_factory=list)

    def forget(self, turns: int) -> None:
        """Leave the first turns out."""
        del self.few_ms[:turns], self.many_ms[:turns]

    @property
    def page(self) -> str:
        """The list that the address is of."""
        return self.address.partition("?")[0]

    @property
    def few(self) -> float:
        """The median of the typical store's."""
        return median(self.few_ms)

    @property
    def many(self) -> float:
        """The median of the big store's."""
        return median(self.many_ms)

    @property
    def ratio(self) -> float:
        """Of the big store's to the typical one's."""
        return self.many / self.few

    @property
    def is_answered(self) -> bool:
        """Whether it is a page at all, of both."""
        return set(self.statuses) == {200}

    @property
    def verdict(self) -> str:
        """`yes`, `**no**`, or that nobody can say."""
        pairs = [(self.few, self.many), *zip(self.few_ms, self.many_ms, strict=True)]
        within = [many <= GOAL * few or many - few <= UNSEEN_MS for few, many in pairs]
        if sum(each != within[0] for each in within) > len(self.few_ms) // MOST_AGAINST:
            return UNDECIDED
        return "yes" if within[0] else "**no**"

    def line(self) -> str:
        """For the terminal."""
        whole = f"  whole: {', '.join(self.whole_tables)}" if self.whole_tables else ""
        said = self.verdict.strip("*") if self.is_answered else f"answered {self.statuses}"
        blocks = f"{self.few_blocks:6d} {self.many_blocks:6d} blocks"
        return (
            f"{self.ratio:6.2f} {self.few:8.1f} {self.many:8.1f} ms {blocks}  {said:8} {self.client:4} "
            f"{self.address}{whole}"
        )

    def row(self) -> str:
        """For the document."""
        whole = ", ".join(f"`{name}`" for name in self.whole_tables)
        return (
            f"| {self.client} | `{self.address}` | {_spread(self.few_ms)} | {_spread(self.many_ms)} | {self.ratio:.2f} "
            f"| {self.verdict} | {self.few_blocks:,} | {self.many_blocks:,} | {whole} |"
        )


def _spread(values: Sequence[float]) -> str:
    """The median, and what the values lie between."""
    return f"{median(values):.1f} ({min(values):.1f}–{max(values):.1f})"


class KeptRun:
    """What was loaded and read, in a directory: a run that was stopped goes on where it was."""

    def __init__(self, directory: Path):
        self._loaded, self._readings = directory / "loaded.json", directory / "readings.jsonl"

    def loaded(self) -> Loaded | None:
        """What is loaded, if anything is."""
        return Loaded(**json.loads(self._loaded.read_text())) if self._loaded.exists() else None

    def keep_loaded(self, loaded: Loaded) -> Loaded:
        """Note it."""
        self._loaded.write_text(json.dumps(asdict(loaded)))
        return loaded

    def readings(self) -> list[Reading]:
        """Those that were made; a line that was cut off is made again."""
        if not self._readings.exists():
            return []
        whole, _newline, _cut_off = self._readings.read_text().rpartition("\n")
        self._readings.write_text(f"{whole}\n" if whole else "")
        return [Reading(**json.loads(line)) for line in whole.splitlines()]

    def keep(self, reading: Reading) -> Reading:
        """Note one more."""
        with self._readings.open("a") as file:
            file.write(f"{json.dumps(asdict(reading))}\n")
        return reading


def conspicuous(readings: Sequence[Reading]) -> list[Reading]:
    """What misses the goal or can't be told, or reads a whole table; the slowest of the big store first."""
    found = [each for each in readings if each.verdict != "yes" or each.whole_tables]
    return sorted(found, key=lambda each: -each.many)


def by_page(readings: Sequence[Reading]) -> list[str]:
    """A row of the document for each list: its addresses, what they take, and the one that grows most."""
    rows = []
    for (client, page), group in groupby(readings, key=lambda each: (each.client, each.page)):
        of_page = list(group)
        worst = max(of_page, key=lambda each: each.ratio)
        which = worst.address.removeprefix(page).removeprefix("?")
        rows.append(
            f"| {client} | `{page}` | {len(of_page)} | {median(each.few for each in of_page):.1f} "
            f"| {median(each.many for each in of_page):.1f} | {max(each.many for each in of_page):.1f} "
            f"| {worst.ratio:.2f} | {which and f'`{which}`'} |"
        )
    return rows


def write_document(loaded: Loaded, readings: Sequence[Reading], path: Path = DOCUMENT) -> None:
    """Write docs/benchmarks-volume.md."""
    answered = [each for each in readings if each.is_answered]
    told = conspicuous(answered)
    missed = "\n".join(each.row() for each in told) or "| | none | | | | | | | |"
    few, many = answered[0].few_rows, answered[0].many_rows
    whole = sum(bool(each.whole_tables) for each in answered)
    met = sum(each.verdict == "yes" for each in answered)
    undecided = sum(each.verdict == UNDECIDED for each in answered)
    refused = [each for each in readings if not each.is_answered]
    unread = ", ".join(f"`{each.address}` {each.statuses}" for each in refused) or "none"
    path.write_text(f"""# Lists at size

Written by `scripts/bench volume` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. Do not edit.

{loaded.line()} {machine()}.

{len(answered)} addresses (every list of the API's schema with each value of its filters, every page of the desk's menu
with the tabs, filters and searches that it has) were read in turns of a store with {many:,} refunds and of one with
{few:,}. Within {GOAL} × (or {UNSEEN_MS:.0f} ms, which nobody feels) lie {met}; of {undecided} the turns disagree, so
that nothing is said of them; {whole} read one of the stores' big tables from end to end. Times are medians in ms with
what they lie between, through Django's test client: keys, scope, serializers, templates. Blocks are 8 kB of PostgreSQL,
in memory or not, and the same on a busy machine. Not answered with 200, and left out: {unread}.

## Which are not within the goal, or read a whole table

| | address | typical | big | ratio | met | blocks, typical | big | whole tables |
|---|---|---|---|---|---|---|---|---|
{missed}

## Each list

| | list | addresses | typical | big | slowest of big | greatest ratio | of |
|---|---|---|---|---|---|---|---|
{chr(10).join(by_page(answered))}
""")
