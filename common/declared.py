"""What rooms declare in a module of their own, such as `SWEEPS` of `<room>/sweeps.py`, the lowest room's first."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

HOUSE = Path(__file__).resolve().parent.parent


def rooms() -> list[AppConfig]:
    """The installed apps that are rooms of this project."""
    return [app for app in apps.get_app_configs() if Path(app.path).resolve().parent == HOUSE]


def declared(module: str, name: str) -> Iterator[Any]:
    """Each room's `name` in its `module`, one after the other."""
    for room in rooms():
        if module_has_submodule(room.module, module):
            yield from getattr(import_module(f"{room.name}.{module}"), name)
