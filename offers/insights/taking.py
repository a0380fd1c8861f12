"""Figures that somebody takes away as a table: who it was is on record in each store that they are of."""

from datetime import datetime

from common.actions import action
from common.actors import Actor
from common.writes import WriteSet
from offers.events import FIGURES_TAKEN
from offers.insights.reading import Span
from stores.models import Store


@action
def note_figures_taken(*, span: Span, group_by: str, actor: Actor, now: datetime) -> None:
    """The table of a span's figures leaves with `actor`: agents' names and what they achieved go with it."""
    of_all = span.stores is None
    stores = Store.objects.all() if of_all else Store.objects.filter(pk__in=[*span.stores, *span.own])
    if span.marketplace:
        stores = stores.filter(marketplace=span.marketplace)
    writes = WriteSet()
    facts = {"first": span.start.isoformat(), "last": span.end.isoformat(), "group_by": group_by}
    for store in stores:
        writes.event(FIGURES_TAKEN, store, topic=store, at=now, actor=actor, rule="Q18", **facts)
    writes.flush()
