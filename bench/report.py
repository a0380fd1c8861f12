"""What was measured, as lines on the terminal and as docs/benchmarks.md."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

UNDECIDED = "undecided: machine busy"
MOST_AGAINST = 5  # one turn in so many may lie on the other side of a goal


@dataclass(frozen=True)
class Figure:
    """One comparison. `ours` and `reference` are one value a repeat, in `unit`; the ratio is that of their medians.

    `goal` bounds the ratio: from below when more is better (rates), from above when `less_is_better` (times, growth).
    """

    what: str
    ours: Sequence[float]
    reference: Sequence[float]
    against: str
    unit: str
    goal: float | None = None
    less_is_better: bool = False
    note: str = ""
    cpu: str = ""  # milliseconds for each call, by process

    @property
    def ratio(self) -> float:
        """Ours to the reference."""
        return median(self.ours) / median(self.reference)

    @property
    def ratios(self) -> list[float]:
        """Those of each turn where both sides took turns, else of each repeat to the reference's median."""
        if len(self.ours) == len(self.reference):
            return [ours / reference for ours, reference in zip(self.ours, self.reference, strict=True)]
        return [ours / median(self.reference) for ours in self.ours]

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; None when there is none, or when the turns disagree about it.

        One turn in five may: whatever else the machine did hits one of them now and then.
        """
        if self.goal is None:
            return None
        met = [
            ratio <= self.goal if self.less_is_better else ratio >= self.goal for ratio in [self.ratio, *self.ratios]
        ]
        against = sum(each != met[0] for each in met)
        return None if against > len(self.ratios) // MOST_AGAINST else met[0]

    @property
    def goal_text(self) -> str:
        """Such as ≥ 0.80."""
        return "" if self.goal is None else f"{'≤' if self.less_is_better else '≥'} {self.goal:.2f}"

    @property
    def verdict(self) -> str:
        """Met, missed, or nothing."""
        if self.goal is None:
            return ""
        return {None: UNDECIDED, True: "yes", False: "**no**"}[self.is_met]

    def line(self) -> str:
        """For the terminal."""
        verdict = f"  goal {self.goal_text}: {self.verdict.strip('*')}" if self.goal else ""
        cpu = f"  CPU in ms: {self.cpu}" if self.cpu else ""
        return (
            f"{self.what}: {_number(median(self.ours))} against {_number(median(self.reference))} {self.unit} "
            f"({self.against}), ratio {self.ratio:.2f}{verdict}{cpu}"
        )

    def row(self) -> str:
        """For the document."""
        return (
            f"| {self.what} | {_spread(self.ours)} | {_spread(self.reference)} | {self.unit} | {self.against} "
            f"| {self.ratio:.2f} | {self.goal_text} | {self.verdict} | {self.cpu} |"
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _spread(values: Sequence[float]) -> str:
    """The median, and what it lies between."""
    if len(values) == 1:
        return _number(values[0])
    return f"{_number(median(values))} ({_number(min(values))}–{_number(max(values))})"


def machine() -> str:
    """What this ran on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} × {model}, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}, "
        f"load average {os.getloadavg()[2]:.1f} over the last 15 minutes"
    )


def write_document(figures: Sequence[Figure], *, seconds: float, path: Path = DOCUMENT) -> None:
    """Write docs/benchmarks.md."""
    notes = "\n".join(f"- **{figure.what}**: {figure.note}" for figure in figures if figure.note)
    rows = "\n".join(figure.row() for figure in figures)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"""# Benchmarks

Written by `make bench` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC in {seconds / 60:.0f} minutes. Do not edit.

{machine()}; load generator, web, worker, PostgreSQL (durable) and Valkey share it. Absolute figures drift by up to 2×
on such a machine. Ours and its reference were measured in turns, so what disturbs one disturbs the other; but for the
growth of the sweep and insights, whose two sides lie minutes apart. Figures are medians over repeats with their range.
Where more than one in five of the turns lies on the other side of a goal than the median, the machine was too busy to
say: undecided. CPU is that of all processes of a service; it holds where rates don't.

| what | ours | reference | unit | the reference | ratio | goal | met | CPU for each, ms |
|---|---|---|---|---|---|---|---|---|
{rows}

## What was measured
{notes}
""")
