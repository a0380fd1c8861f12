"""What a pile took at the station, as lines on the terminal and as docs/benchmarks-station.md."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median, quantiles

from bench.report import machine
from bench.station import Handling, StationReading

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks-station.md"
GOAL_AN_HOUR = 300
KINDS = {
    "expected": "one refund expects it, all of it is there",
    "partial": "three pieces announced, two arrived",
    "damaged": "not fine, with a usual reason",
    "shared": "two refunds under one number",
    "unclaimed": "announced by nobody: put aside",
    "unreadable": "no readable number: the sender's phone, put aside",
}


def summary(reading: StationReading) -> str:
    """A sentence or two."""
    machine_s = mean(each.machine_ms for each in reading.handled) / 1000
    keys = mean(each.keys for each in reading.handled)
    return (
        f"{len(reading.handled)} parcels: {machine_s:.2f} s of the machine each, {keys:.2f} keys of a person, no click;"
        f" {GOAL_AN_HOUR} an hour leave {3600 / GOAL_AN_HOUR - machine_s:.1f} s of each"
        f" {3600 / GOAL_AN_HOUR:.0f} s for the person's hands."
    )


def write_document(reading: StationReading, path: Path = DOCUMENT) -> None:
    """Write docs/benchmarks-station.md."""
    rows = "\n".join(_row(KINDS[kind], reading.of(kind)) for kind in KINDS)
    path.write_text(f"""# Benchmark: the returns station

Written by `scripts/bench station` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. Do not edit.

{machine()}; browser, web, worker, PostgreSQL (durable) and Valkey share it.

{summary(reading)}

| parcel | of them | machine, s: median (9 in 10 below) | of it the server answering, ms | pages | keys of a person |
|---|---|---|---|---|---|
{rows}
{_row("**all of them**", reading.handled)}

## What was measured
A shuffled pile through the real page in headless Chromium, signed in as a warehouse member, against two web processes
and a worker. A bar code is typed as a keyboard wedge does (2 ms a character, then Enter); a person's keys are pressed
as soon as the page takes them. *Machine* runs from the key that asks for a page (the scanner's Enter, or the
person's) until the next page takes keys, scripts and the 0.4 s included during which a second line feed of the
scanner is ignored; so a person who looks at the goods meanwhile loses none of it. *Keys* are the person's alone: the
scanner's are not counted, and nothing is clicked. What hands do (taking a parcel, opening it, counting, photographs,
laying it away) isn't in it: it is what the seconds that are left are for.
""")


def _row(name: str, handled: Sequence[Handling]) -> str:
    times = [each.machine_ms / 1000 for each in handled]
    most = quantiles(times, n=10, method="inclusive")[-1] if len(times) > 1 else times[0]
    server, pages, keys = (mean(getattr(each, what) for each in handled) for what in ("server_ms", "pages", "keys"))
    return f"| {name} | {len(handled)} | {median(times):.2f} ({most:.2f}) | {server:.0f} | {pages:.1f} | {keys:.1f} |"
