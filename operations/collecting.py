"""The sweeps and checks of every room, in the rooms' order: the lowest first."""

from common.declared import declared
from common.upkeep import Check, Sweep


def all_sweeps() -> list[Sweep]:
    """Everything that falls due, of every room."""
    return list(declared("sweeps", "SWEEPS"))


def all_checks() -> list[Check]:
    """Everything that must hold, of every room."""
    return list(declared("checks", "CHECKS"))
