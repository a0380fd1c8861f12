"""What this room's tables keep of a buyer: nothing. People of the store and its own addresses are no buyers.

And what common's tables keep, which knows no orders: events and kept answers.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Model, QuerySet

from common.actors import ActorKind
from common.events import event_type
from common.models import Event, IdempotentAnswer
from common.personal import MARK, Held, Holding, Whose, buyers_own, marked
from stores.models import ApiKey, Invitation, Membership, Product, ReturnAddress, SavedView, Store


def _data(value: dict, row: Event, whose: Whose) -> dict:
    """What somebody wrote or saw, as the event's type declares it; a type that is declared no more: every text."""
    try:
        facts = event_type(row.name).facts
    except LookupError:
        return marked(value)
    return {name: marked(said) if name in facts and facts[name].is_personal else said for name, said in value.items()}


def _actor_id(value: str, row: Event, whose: Whose) -> str:
    """A buyer acts under their id; one whom the marketplace doesn't name has none that would tell of them."""
    is_theirs = row.actor_kind == ActorKind.BUYER and whose.buyer_id and whose.buyer_id in value
    return f"buyer:{whose.pseudonym}" if is_theirs else value


def _answer(value: object, row: Model, whose: Whose) -> object:
    """Whoever calls again learns that the answer isn't kept; nothing is done twice."""
    return {"detail": MARK}


_NAMING = "EXISTS (SELECT FROM unnest(%s::text[]) AS name WHERE position(name IN body::text) > 0)"


def _answers(orders: Sequence[Model], topics: Sequence[UUID]) -> QuerySet:
    """The answers that name one of these orders, or anything that an event tells of in their history."""
    store_id = orders[0].store_id
    told = Event.objects.for_store(store_id).filter(topic_id__in=topics).values_list("subject_id", flat=True)
    names = [f'"{name}"' for name in {*(order.number for order in orders), *topics, *told}]
    answers = IdempotentAnswer.objects.for_store(store_id)
    return answers.extra(where=[_NAMING], params=[names])


HOLDINGS = (
    Holding(
        Event,
        topic="topic_id",
        held={
            "data": Held(
                "what people wrote or saw, and addresses: what events declare as `said` or `personal`",
                _data,
            ),
            "actor_id": Held("the buyer's id, where the buyer acted", _actor_id),
            "actor_label": Held("the buyer's name, where the buyer acted", buyers_own("actor_kind", ActorKind.BUYER)),
        },
        nobody=("name", "subject_type", "from_state", "to_state", "actor_kind", "rule", "area"),
    ),
    Holding(
        IdempotentAnswer,
        rows=_answers,
        held={"body": Held("the answer to a call, as it was given", _answer)},
        nobody=("owner", "key", "fingerprint", "about"),
    ),
    Holding(Store, nobody=("code", "name", "time_zone", "clock_call")),
    Holding(Membership, nobody=("skilled_kinds", "skilled_categories")),
    Holding(
        SavedView,
        kept={"query": "what a colleague looks for in a list, as they typed it; they delete it"},
        nobody=("list_name", "name"),
    ),
    Holding(Invitation, nobody=("email",)),
    Holding(ApiKey, nobody=("id", "prefix", "hashed_key", "name", "scopes")),
    Holding(Product, nobody=("item_id", "title", "category")),
    Holding(ReturnAddress, nobody=("contact", "phone", "address")),
)
