"""The categories that a marketplace opens to retention, by date (Q2)."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.changes import changes_of, lock
from common.errors import Invalid
from common.events import EventType
from common.tenancy import system_scope
from common.writes import WriteSet
from stores.actions.known import known_rules
from stores.events import CATEGORY_CHANGED, CATEGORY_OPENED
from stores.models import CategoryOpening


@action
def open_category(
    *,
    marketplace: str,
    category: str,
    name: str,
    opens_on: date,
    actor: Actor,
    now: datetime,
    closes_on: date | None = None,
) -> CategoryOpening:
    """Open a product category to retention from a date on (Q2). Invalid when it was named before or ends too early."""
    opening = CategoryOpening(
        marketplace=marketplace, category=category, name=name, opens_on=opens_on, closes_on=closes_on
    )
    _check_opening(opening)
    opening.save(force_insert=True)
    _record(
        CATEGORY_OPENED, opening, actor, now, name=opening.name, opens_on=opening.opens_on, closes_on=opening.closes_on
    )
    return opening


@action
def change_category(
    *,
    opening: CategoryOpening,
    name: str,
    opens_on: date,
    actor: Actor,
    now: datetime,
    closes_on: date | None = None,
) -> CategoryOpening:
    """Rename a category or move its dates; from `closes_on` on nothing of it is retainable any more (Q2)."""
    lock(opening)
    changed = changes_of(opening, {"name": name, "opens_on": opens_on, "closes_on": closes_on})
    _check_opening(opening)
    if changed:
        opening.save(update_fields=list(changed))
        _record(CATEGORY_CHANGED, opening, actor, now, **changed)
    return opening


def _record(event: EventType, opening: CategoryOpening, actor: Actor, now: datetime, **data) -> None:
    writes = WriteSet()
    named = {"marketplace": opening.marketplace, "category": opening.category}
    writes.event(event, opening, topic=opening, at=now, actor=actor, rule="Q2", **named, **data)
    with system_scope():  # it is the platform's, also when the operator looks at one store
        writes.flush()


def _check_opening(opening: CategoryOpening) -> None:
    known_rules(opening.marketplace)
    if opening.closes_on is not None and opening.closes_on <= opening.opens_on:
        raise Invalid("closes_on", _("A category closes after it has opened."))
    others = CategoryOpening.objects.filter(marketplace=opening.marketplace, category=opening.category)
    if others.exclude(pk=opening.pk).exists():
        raise Invalid("category", _("This category is in the list already; change its dates there."), "unique")
