"""The categories that a marketplace opens to retention, by date (Q2)."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid
from stores.actions.known import known_rules
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
    """Open a product category to retention from a date on. Invalid when it has been named before or ends too early (Q2)."""
    opening = CategoryOpening(
        marketplace=marketplace, category=category, name=name, opens_on=opens_on, closes_on=closes_on
    )
    _check_opening(opening)
    opening.save(force_insert=True)
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
    opening.name, opening.opens_on, opening.closes_on = name, opens_on, closes_on
    _check_opening(opening)
    opening.save(update_fields=["name", "opens_on", "closes_on"])
    return opening


def _check_opening(opening: CategoryOpening) -> None:
    known_rules(opening.marketplace)
    if opening.closes_on is not None and opening.closes_on <= opening.opens_on:
        raise Invalid("closes_on", _("A category closes after it has opened."))
    others = CategoryOpening.objects.filter(marketplace=opening.marketplace, category=opening.category)
    if others.exclude(pk=opening.pk).exists():
        raise Invalid("category", _("This category is in the list already; change its dates there."), "unique")
