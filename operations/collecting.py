"""The sweeps and checks of every room, in the rooms' order: the lowest first."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

from common.upkeep import Check, Sweep

HOUSE = Path(__file__).resolve().parent.parent


def rooms() -> list[AppConfig]:
    """The installed apps that are rooms of this project."""
    return [app for app in apps.get_app_configs() if Path(app.path).resolve().parent == HOUSE]


def all_sweeps() -> list[Sweep]:
    """Everything that falls due, of every room."""
    return list(_declared("sweeps", "SWEEPS"))


def all_checks() -> list[Check]:
    """Everything that must hold, of every room."""
    return list(_declared("checks", "CHECKS"))


def _declared(module: str, name: str) -> Iterator[Any]:
    for room in rooms():
        if module_has_submodule(room.module, module):
            yield from getattr(import_module(f"{room.name}.{module}"), name)
