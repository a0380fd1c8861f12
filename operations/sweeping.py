"""Doing all that is due, in this process, by this process's clock."""

from collections.abc import Iterator

from operations.collecting import all_sweeps


def sweep_everything() -> Iterator[dict[str, int]]:
    """Go round every room until a round finds nothing; yields what each round did, by the sweeps' names."""
    steps = {sweep.name: sweep.step for sweep in all_sweeps()}
    while done := {name: count for name, step in steps.items() if (count := step())}:
        yield done
