"""One refund, one ruling: the first live rule that is about it acts, or it is kept why not."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import takewhile
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum

from automation.acts import act_on
from automation.definition import first_about, is_held_out
from automation.events import RULE_ACTED, RULE_HELD_OUT, RULE_STOPPED
from automation.facts import looked_at, refunds_before
from automation.models import RuleVersion, Ruling, StoreRule
from automation.states import RuleStatus, RulingOutcome
from common.actions import action
from common.actors import Actor
from common.calendar import day_of
from common.errors import Refused, WanliuError, refuse_if
from common.money import ZERO, yuan
from common.sentences import kept
from common.sentences import sentence as _
from common.writes import WriteSet
from offers.bulk import why_of
from refunds.actions import lock_refund
from refunds.models import Refund
from refunds.quality.restrictions import hardest, in_force
from refunds.states import RefundStatus
from stores.models import Store

DAY_FULL = "day_full"


class _TakenBack(Exception):
    """Ends the savepoint of an act that was only tried."""


@dataclass(frozen=True)
class _Tried:
    """What came of a rule's act: the yuan that it gave away at most, or why it isn't possible, as it is kept."""

    outcome: RulingOutcome
    given: Decimal = ZERO
    why: object = ""


@action
def rule_on(*, store_id: int, refund_id: UUID, actor: Actor, now: datetime) -> Ruling | None:
    """Let the store's rules decide about a refund that was asked for; None where there is nothing (more) to rule on.

    The rule acts under its own name. What a rule of a newer release may be about is left to workers of that release.
    NotFound for a refund that isn't there.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    if refund.status != RefundStatus.AWAITING_MERCHANT or _is_ruled(refund):
        return None
    version, is_certain = _version_about(refund)
    if not is_certain:
        return None
    if version is None:
        return _keep(refund, None, _Tried(RulingOutcome.UNMATCHED), actor=actor, now=now)
    if not _lock_if_live(version):  # changed a moment ago: the next look is by what the store wants now
        return None
    return _keep(refund, version, _try(refund, version, now=now), actor=version.actor, now=now)


def live_versions(store_id: int) -> list[RuleVersion]:
    """What acts in a store, in the order of the rules' turns; each with its rule."""
    rules = StoreRule.objects.for_store(store_id).filter(status=RuleStatus.LIVE).order_by("place", "pk")
    published = RuleVersion.objects.for_store(store_id).filter(rule__in=rules).select_related("rule")
    by_rule = {version.rule_id: version for version in published if version.number == version.rule.version}
    return [by_rule[rule.pk] for rule in rules if rule.pk in by_rule]


def _is_ruled(refund: Refund) -> bool:
    return Ruling.objects.for_store(refund.store_id).filter(refund=refund).exists()


def _version_about(refund: Refund) -> tuple[RuleVersion | None, bool]:
    """The rule that has the refund, if one has; and whether that is certain: this release knows what comes first."""
    versions = [each for each in live_versions(refund.store_id) if each.rule.live_since <= refund.created_at]
    known = list(takewhile(lambda version: version.is_known, versions))
    if not known:
        return None, not versions
    facts = looked_at(
        refund,
        goods=refund.goods_status,
        refunds_before=refunds_before(refund),
        step=hardest(in_force(refund.store_id)) or "",
    )
    found = first_about(known, facts)
    return found, found is not None or len(known) == len(versions)


def _lock_if_live(version: RuleVersion) -> bool:
    """Lock the rule, so that its day is counted by one at a time; whether this version of it acts still."""
    rule = StoreRule.objects.for_store(version.store_id).select_for_update(no_key=True).get(pk=version.rule_id)
    return rule.is_live and rule.version == version.number


def _try(refund: Refund, version: RuleVersion, *, now: datetime) -> _Tried:
    """Act, unless the refund is held out: then it is only tried, so that both arms are of the same kind."""
    try:
        with transaction.atomic():
            given = act_on(refund, version.definition, actor=version.actor, now=now)
            refuse_if(_why_full(refund, version, given, now))
            if is_held_out(version.rule_id, refund.pk, version.definition.watched):
                raise _TakenBack
    except _TakenBack:
        return _Tried(RulingOutcome.HELD_OUT)
    except WanliuError as error:
        is_full = isinstance(error, Refused) and error.code == DAY_FULL
        return _Tried(RulingOutcome.CAPPED if is_full else RulingOutcome.REFUSED, why=kept(why_of(error)))
    return _Tried(RulingOutcome.ACTED, given)


def _why_full(refund: Refund, version: RuleVersion, more: Decimal, now: datetime) -> Refused | None:
    """Why the rule gives no `more` yuan today: it did as often, or gave as much, as its owner allowed."""
    definition = version.definition
    acts, given = _done_on(version, day_of(now, refund.store.time_zone))
    if definition.may_more(acts, given, more):
        return None
    detail = _("The rule's day is full: %(acts)d times, %(given)s of %(most)s.")
    data = {"acts": acts, "given": yuan(given), "most": yuan(definition.most_yuan_a_day)}
    return Refused(DAY_FULL, detail % data)


def _done_on(version: RuleVersion, day: date) -> tuple[int, Decimal]:
    acted = Ruling.objects.for_store(version.store_id).filter(rule=version.rule_id, day=day)
    done = acted.filter(outcome=RulingOutcome.ACTED).aggregate(acts=Count("pk"), given=Sum("given"))
    return done["acts"], done["given"] or ZERO


def _keep(
    refund: Refund,
    version: RuleVersion | None,
    tried: _Tried,
    *,
    actor: Actor,
    now: datetime,
) -> Ruling:
    """Write the ruling, and tell of it where a rule was about the refund."""
    store: Store = refund.store
    ruling = Ruling(
        store=store,
        refund=refund,
        outcome=tried.outcome,
        why=tried.why,
        given=tried.given,
        asked=refund.amount,
        day=day_of(now, store.time_zone),
        at=now,
    )
    writes = WriteSet()
    writes.insert(ruling)
    if version is not None:
        definition = version.definition
        ruling.rule_id, ruling.version, ruling.act = version.rule_id, version.number, definition.act
        event = _EVENTS.get(tried.outcome, RULE_STOPPED)
        told = {"name": version.name, "version": version.number, "act": definition.act}
        if event is RULE_STOPPED:
            told["why"] = tried.why
        writes.event(event, ruling, topic=refund, at=now, actor=actor, **told)
    writes.flush()
    return ruling


_EVENTS = {RulingOutcome.ACTED: RULE_ACTED, RulingOutcome.HELD_OUT: RULE_HELD_OUT}
