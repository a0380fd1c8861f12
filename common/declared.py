"""What rooms declare in a module of their own, such as `SWEEPS` of `<room>/sweeps.py`, the lowest room's first."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

HOUSE = Path(__file__).resolve().parent.parent


@cache
def rooms() -> tuple[AppConfig, ...]:
    """The installed apps that are rooms of this project."""
    return tuple(app for app in apps.get_app_configs() if Path(app.path).resolve().parent == HOUSE)


def declared(module: str, name: str) -> Iterator[Any]:
    """Each room's `name` in its `module`, one after the other."""
    for declaring in _modules(module):
        yield from getattr(declaring, name)


@cache
def _modules(name: str) -> tuple[ModuleType, ...]:
    """The rooms' modules of this name; to find out who has one asks the file system of each room's whole path."""
    return tuple(import_module(f"{room.name}.{name}") for room in rooms() if module_has_submodule(room.module, name))
