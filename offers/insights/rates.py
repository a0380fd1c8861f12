"""A store's cost rates: each change is a new version from that instant on (Q18)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from common.actions import action
from common.actors import Actor
from common.queries import among, named_query
from common.writes import WriteSet
from offers.events import COST_RATES_SET
from offers.models import CostRates
from stores.marketplaces import Costs, MarketplaceRules
from stores.models import Store

RATES = tuple(Costs.__dataclass_fields__)


@dataclass(frozen=True)
class RateHistory:
    """A store's versions, the newest first."""

    versions: tuple[CostRates, ...]

    def at(self, instant: datetime | None, rules: MarketplaceRules) -> Costs:
        """What held at an instant (None: what holds now); the rules' defaults before the store had set any."""
        for version in self.versions:
            if instant is None or version.valid_from <= instant:
                return version.costs
        return rules.costs


def rates_of(store_id: int) -> RateHistory:
    """Every version that the store has set; stores change them a few times a year."""
    return rates_of_stores([store_id])[store_id]


@named_query
def _versions_of(store_ids):
    return CostRates.objects.filter(among("store", store_ids)).newest_first()


def rates_of_stores(store_ids: Collection[int]) -> dict[int, RateHistory]:
    """The same for several stores, by store."""
    versions: dict[int, list[CostRates]] = {store_id: [] for store_id in store_ids}
    for version in _versions_of.all(store_ids=list(store_ids)):
        versions[version.store_id].append(version)
    return {store_id: RateHistory(tuple(own)) for store_id, own in versions.items()}


def own_rates(store_id: int) -> CostRates | None:
    """What the store has set, as it holds now; None while the marketplace's defaults do."""
    return CostRates.objects.for_store(store_id).newest_first().first()


def costs_of(store: Store) -> Costs:
    """The rates that hold in the store now: its own, or its marketplace's."""
    own = own_rates(store.pk)
    return own.costs if own else store.rules.costs


@named_query
def _rates_at(store_id, at):
    return CostRates.objects.for_store(store_id).filter(valid_from__lte=at).newest_first()[:1]


def costs_at(store_id: int, at: datetime, rules: MarketplaceRules) -> Costs:
    """The rates that held in the store at an instant."""
    rates = _rates_at.one(store_id=store_id, at=at)
    return rates.costs if rates else rules.costs


@action
def set_cost_rates(*, store: Store, changes: dict[str, Decimal | int], actor: Actor, now: datetime) -> CostRates:
    """Set some of the store's rates from now on; the others stay.

    What was counted before keeps the rates of its time.
    """
    was = costs_of(store)
    values = {name: changes.get(name, getattr(was, name)) for name in RATES}
    rates = CostRates(store=store, valid_from=now, set_by=actor.label or actor.id, **values)
    changed = {name: [_text(getattr(was, name)), _text(value)] for name, value in values.items()}
    writes = WriteSet()
    writes.insert(rates)
    writes.event(
        COST_RATES_SET,
        rates,
        topic=rates,
        at=now,
        actor=actor,
        rule="Q18",
        **{name: values for name, values in changed.items() if values[0] != values[1]},
    )
    writes.flush()
    return rates


def _text(value: Decimal | int) -> str:
    """Yuan and percent with two decimals, minutes as they are."""
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
