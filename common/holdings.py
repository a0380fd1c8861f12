"""The holdings of every room, in the rooms' order: the lowest first."""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from common.personal import Holding


@cache
def all_holdings() -> tuple[Holding, ...]:
    """What every table keeps of a buyer, as the rooms declare it."""
    found: list[Holding] = []
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "personal") and app.label != "common":
            found += import_module(f"{app.name}.personal").HOLDINGS
    return tuple(found)
