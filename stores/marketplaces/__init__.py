"""The marketplaces, one file each: every module of this package that has `VERSIONS` is one (docs/adr/0016).

Nothing else lists them. What a marketplace is or does, the rest of the code asks its rules, never its name.
`base` is the shape of a file.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from common.words import in_one_language, listed
from stores.marketplaces.base import Costs, MarketplaceRules, Site

__all__ = [
    "Costs",
    "MarketplaceRules",
    "Site",
    "choices",
    "current_rules",
    "every_version",
    "labels_where",
    "marketplace_label",
    "newest",
    "register",
    "rules_of",
    "site_choices",
]

_ALL: dict[tuple[str, int], MarketplaceRules] = {}


def register(*versions: MarketplaceRules) -> None:
    """Make versions of a marketplace's rules known. ValueError for a version that is there already."""
    for rules in versions:
        if (rules.name, rules.version) in _ALL:
            raise ValueError(f"Version {rules.version} of {rules.name} is registered twice.")
        _ALL[rules.name, rules.version] = rules


def newest() -> dict[str, MarketplaceRules]:
    """The newest rules of every marketplace, by its name, in the order of the names."""
    return {name: rules for (name, _version), rules in sorted(_ALL.items(), key=lambda item: item[0])}


def choices() -> list[tuple[str, str]]:
    """The marketplaces to choose from: name and label. A function, so that a new one needs no migration."""
    return [(name, marketplace_label(rules)) for name, rules in newest().items()]


def marketplace_label(rules: MarketplaceRules) -> str:
    """What the marketplace is called, in the reader's language: `天猫` or `Tmall`."""
    return in_one_language(rules.label)


def site_choices() -> list[tuple[str, str]]:
    """The sites of all marketplaces: code and label."""
    return [(site.code, in_one_language(site.label)) for rules in newest().values() for site in rules.sites]


def labels_where(asked: Callable[[MarketplaceRules], object]) -> str:
    """The labels of the marketplaces whose newest rules answer yes, for a sentence: `Kuaishou, Taote`."""
    return listed(marketplace_label(rules) for rules in newest().values() if asked(rules))


def current_rules(name: str) -> MarketplaceRules:
    """The newest rules of a marketplace: for what begins now. KeyError when there is no such marketplace."""
    return newest()[name]


def rules_of(name: str, version: int) -> MarketplaceRules:
    """The rules that something was begun under. KeyError when there is no such version."""
    return _ALL[name, version]


def every_version() -> list[MarketplaceRules]:
    """All rules of all marketplaces, old versions too: things begun under them still run."""
    return list(_ALL.values())


for _file in iter_modules(__path__):
    register(*getattr(import_module(f"{__name__}.{_file.name}"), "VERSIONS", ()))
