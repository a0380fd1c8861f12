"""The marketplaces: one rule file each. Adding a marketplace is adding a file here and its name to the list below."""

from stores.marketplaces import kuaishou, pinduoduo, taote, tmall
from stores.marketplaces.base import Costs, MarketplaceRules

_ALL = {
    (rules.name, rules.version): rules for module in (tmall, taote, kuaishou, pinduoduo) for rules in module.VERSIONS
}
_NEWEST = {name: rules for (name, _), rules in sorted(_ALL.items())}

__all__ = ["CHOICES", "Costs", "MarketplaceRules", "all_rules", "current_rules", "rules_of"]

CHOICES = [(rules.name, rules.label) for rules in _NEWEST.values()]


def current_rules(name: str) -> MarketplaceRules:
    """The newest rules of a marketplace: for what begins now."""
    return _NEWEST[name]


def all_rules() -> list[MarketplaceRules]:
    """Every version of every marketplace's rules."""
    return list(_ALL.values())


def rules_of(name: str, version: int) -> MarketplaceRules:
    """The rules that something was begun under."""
    return _ALL[name, version]


def every_version() -> list[MarketplaceRules]:
    """All rules of all marketplaces, old versions too: things begun under them still run."""
    return list(_ALL.values())
