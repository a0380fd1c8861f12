"""Why something can't be done with a rule now."""

from django.utils.translation import gettext as _

from automation.models import StoreRule
from common.errors import Invalid, Refused
from stores.models import Store

MOST_RULES = 50


def why_not_add_rule(store: Store) -> Refused | None:
    """Each request is held against every live rule: a store has few."""
    if StoreRule.objects.for_store(store.pk).count() < MOST_RULES:
        return None
    return Refused("too_many_rules", _("A store has at most %(most)d automatic rules.") % {"most": MOST_RULES})


def wrong_name(store_id: int, name: str, rule: StoreRule | None = None) -> Invalid | None:
    """Events name a rule by its name: no two of a store have the same."""
    others = StoreRule.objects.for_store(store_id).filter(name=name)
    if rule is not None:
        others = others.exclude(pk=rule.pk)
    if not name.strip():
        return Invalid("name", _("Give the rule a name."), "required")
    return Invalid("name", _("Another rule has this name."), "unique") if others.exists() else None


def why_not_publish(rule: StoreRule, said: dict | None) -> Refused | None:
    """What acts already as the draft says needs no publishing; `said` is the newest version's say, if there is one."""
    if rule.is_live and said == rule.draft:
        return Refused("invalid_transition", _("The rule is on already, exactly as it is here."))
    return None


def why_not_turn_off(rule: StoreRule) -> Refused | None:
    """Only what is on is turned off."""
    return None if rule.is_live else Refused("invalid_transition", _("The rule isn't on."))
