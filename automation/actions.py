"""What owners do to rules: draft, change, publish, turn off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from automation.definition import Definition, as_json, read_definition
from automation.events import RULE_CHANGED, RULE_DRAFTED, RULE_PUBLISHED, RULE_TURNED_OFF
from automation.models import RuleVersion, StoreRule
from automation.states import RuleStatus
from automation.why_not import why_not_add_rule, why_not_publish, why_not_turn_off, wrong_name
from automation.wording import definition_differences
from common.actions import action
from common.actors import Actor
from common.errors import NotFound, refuse_if
from common.events import EventType
from common.writes import WriteSet
from refunds.team.assigning import decider_named
from stores.models import Store


@action
def draft_rule(*, store: Store, name: str, definition: dict[str, Any], actor: Actor, now: datetime) -> StoreRule:
    """Write a rule down, last in turn; nothing happens by it yet.

    Refused `too_many_rules`; Invalid names the field that is wrong.
    """
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    refuse_if(why_not_add_rule(store))
    refuse_if(wrong_name(store.pk, name))
    said = as_json(_read(store, definition))
    last = StoreRule.objects.for_store(store.pk).aggregate(last=Max("place"))["last"] or 0
    rule = StoreRule(store=store, name=name, place=last + 1, draft=said, created_at=now)
    rule.save()
    _record(RULE_DRAFTED, rule, actor, now)
    return rule


@action
def change_rule(
    *, store: Store, rule_id: UUID, name: str, definition: dict[str, Any], actor: Actor, now: datetime
) -> StoreRule:
    """Change a rule's draft and its name; the published version acts as before. NotFound; Invalid names the field.

    The event tells each field that is another now, from what to what.
    """
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    rule = lock_rule(store.pk, rule_id)
    refuse_if(wrong_name(store.pk, name, rule))
    wanted = as_json(_read(store, definition))
    changed: dict[str, Any] = {"renamed": [rule.name, name]} if name != rule.name else {}
    if says := definition_differences(rule.draft, wanted):
        changed["says"] = says
    if changed:
        rule.name, rule.draft = name, wanted
        rule.save(update_fields=["name", "draft"])
        _record(RULE_CHANGED, rule, actor, now, **changed)
    return rule


@action
def move_rule(*, store: Store, rule_id: UUID, place: int, actor: Actor, now: datetime) -> StoreRule:
    """Give a rule this turn among the store's, counted from 1; the others make room. NotFound."""
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    rules = list(StoreRule.objects.for_store(store.pk).order_by("place", "pk"))
    rule = next((each for each in rules if each.pk == rule_id), None)
    if rule is None:
        raise NotFound
    before = rules.index(rule) + 1
    rules.remove(rule)
    rules.insert(place - 1, rule)
    for turn, each in enumerate(rules, 1):
        each.place = turn
    StoreRule.objects.bulk_update(rules, ["place"])
    if rule.place != before:
        _record(RULE_CHANGED, rule, actor, now, place=[before, rule.place])
    return rule


@action
def publish_rule(*, store_id: int, rule_id: UUID, actor: Actor, now: datetime) -> RuleVersion:
    """Let the draft act on what is asked for from now on, as a version of its own; returns that.

    A rule that is turned on again unchanged is a version, too: what acted when stays plain. NotFound; Refused
    `invalid_transition` when it acts already as drafted; Invalid when the marketplace no longer knows what it says.
    """
    rule = lock_rule(store_id, rule_id)
    newest = RuleVersion.objects.for_store(store_id).filter(rule=rule).order_by("-number").first()
    refuse_if(why_not_publish(rule, newest.says if newest else None))
    definition = _read(rule.store, rule.draft)
    if not rule.is_live:
        rule.live_since = now
    rule.status, rule.version = RuleStatus.LIVE, rule.version + 1
    version = RuleVersion(
        store=rule.store,
        rule=rule,
        number=rule.version,
        name=rule.name,
        says=as_json(definition),
        published_at=now,
        published_by=actor.label,
    )
    version.save()
    rule.draft = version.says
    rule.save(update_fields=["status", "version", "live_since", "draft"])
    facts = {"act": definition.act, "most_a_day": definition.most_a_day, "held_out": definition.held_out}
    if newest and (says := definition_differences(newest.says, version.says)):
        facts["says"] = says
    _record(RULE_PUBLISHED, rule, actor, now, version=version.number, **facts)
    return version


@action
def turn_off_rule(*, store_id: int, rule_id: UUID, actor: Actor, now: datetime) -> StoreRule:
    """Let the rule do nothing any more; what it did stays. NotFound; Refused `invalid_transition` when it isn't on."""
    rule = lock_rule(store_id, rule_id)
    refuse_if(why_not_turn_off(rule))
    rule.status = RuleStatus.OFF
    rule.save(update_fields=["status"])
    _record(RULE_TURNED_OFF, rule, actor, now, version=rule.version)
    return rule


def _read(store: Store, definition: dict[str, Any]) -> Definition:
    """What is said, as this store may say it: whoever is to get refunds may decide them."""
    read = read_definition(definition, store.rules)
    if read.assignee:
        decider_named(store.pk, read.assignee)
    return read


def lock_rule(store_id: int, rule_id: UUID) -> StoreRule:
    """Load and lock a rule with its store. NotFound when it is missing."""
    rules = StoreRule.objects.for_store(store_id).select_related("store").filter(pk=rule_id)
    rule = rules.select_for_update(of=("self",), no_key=True).first()
    if rule is None:
        raise NotFound
    return rule


def _record(event: EventType, rule: StoreRule, actor: Actor, now: datetime, **data: Any) -> None:
    writes = WriteSet()
    writes.event(event, rule, topic=rule, at=now, actor=actor, name=rule.name, **data)
    writes.flush()
