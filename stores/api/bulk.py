"""The view that bulk calls build on: many items in one body, each answered as its own call would have been.

`items` are checked one by one, done together in sets, and answered in the order given. The call is one transaction and
an item a part of it that fails alone; with `atomic` nothing is done unless all of it is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, Throttled, ValidationError
from rest_framework.response import Response

from common.api.errors import answer_to
from common.api.schema import ErrorsSerializer
from common.api.unknown import unknown_fields
from common.bulk import each_apart, in_turns
from common.errors import NotFound, Refused
from common.tenancy import Scope, set_scope, system_scope
from stores.api.auth import MARKETPLACE
from stores.api.base import StoreViewSet
from stores.api.throttle import KeyThrottle
from stores.models import Store

MOST_ITEMS = 1000
ITEMS_PER_CALL = 10  # so many items count as one call of the key's rate
UNDONE = {409: ("undone",)}  # what else an item is answered: another one kept it from being done


class Item(NamedTuple):
    """One item that was found good, and its place among the others."""

    place: int
    data: dict


class Answer(NamedTuple):
    """What the single call answers."""

    status: int
    body: Any


Outcome = Answer | Exception
# What does items of one store, each about something else, and answers each of them.
Do = Callable[[Sequence[dict]], Sequence[Outcome]]


class EnvelopeSerializer(serializers.Serializer):
    """Many items; with `atomic` all of them are done or none."""

    items = serializers.ListField(
        child=serializers.JSONField(allow_null=True), allow_empty=False, max_length=MOST_ITEMS
    )
    atomic = serializers.BooleanField(default=False)


def envelope_of(item: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """For the schema: the body of a bulk call whose items are these."""
    fields = {
        "items": item(many=True, allow_empty=False, max_length=MOST_ITEMS),
        "atomic": serializers.BooleanField(default=False),
    }
    return type(f"{name}Serializer", (serializers.Serializer,), {**fields, "__doc__": EnvelopeSerializer.__doc__})


class BulkViewSet(StoreViewSet):
    """Calls about many things at once, of one store or of several of a marketplace."""

    filter_backends: ClassVar[list] = []
    pagination_class = None

    @cached_property
    def envelope(self) -> dict:
        """The call's body; its items as they were sent. 400 for one that is none."""
        data = self.request.data
        serializer = EnvelopeSerializer(data=data)
        if unknown := unknown_fields(serializer, data):
            raise ValidationError(unknown)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def _store(self) -> Store:
        """The store that the body names for all items; else the first that an item names, which keeps the answer."""
        if self.action not in self.callers:
            return super()._store()
        caller = self.request.user
        self.common = None
        if caller.kind != MARKETPLACE or self._named_store() is not None:
            self.common = super()._store()
        items = self.envelope["items"]
        named = {item["store"] for item in items if isinstance(item, dict) and isinstance(item.get("store"), str)}
        if self.common is not None:
            named.discard(self.common.code)
        self.named = {} if self.common is None else {self.common.code: self.common}
        if named and caller.kind == MARKETPLACE:
            found = Store.objects.filter(code__in=[each for each in named if "\0" not in each])
            found = found.filter(marketplace=caller.key.marketplace)
            with system_scope():
                self.named |= {store.code: store for store in found if store.is_demo or not caller.key.is_demo}
        return self.common or next(iter(sorted(self.named.values(), key=lambda store: store.pk)), NOWHERE)

    def _take_key(self) -> None:
        """Whose items name no store has done nothing, and nothing is kept of it."""
        if self.store is not NOWHERE:
            super()._take_key()

    def _store_of(self, item: Any) -> Store:
        """The store that an item is about. Refused as the single call is."""
        code = item.get("store") if isinstance(item, dict) else None
        if code is None:
            if self.common is None:
                raise ValidationError(
                    {"store": [ErrorDetail(_("Name the store: a marketplace's key works in many."), "required")]}
                )
            return self.common
        if not isinstance(code, str) or not code or not code.isprintable():
            raise ValidationError({"store": [ErrorDetail(_("Write the store's code."), "invalid")]})
        if code not in self.named:
            raise NotFound
        return self.named[code]

    @contextmanager
    def _in(self, store: Store) -> Iterator[None]:
        """The part of the call that is about this store alone."""
        outer = self.store
        if store.pk == outer.pk:
            yield
            return
        self.store = store
        set_scope(Scope((store.pk,)))
        with self.on_clock_of(store):
            yield
        self.store = outer
        set_scope(Scope((outer.pk,)))

    def answer_all(self, serializer_class: type[serializers.Serializer], about: str, do: Do) -> Response:
        """Check every item by the single call's serializer, `do` the good ones in sets, and answer for each.

        `about` is the field by which two items are known to be about the same thing: the later one comes after it.
        """
        items = self.envelope["items"]
        self._count(len(items))
        outcomes: dict[int, Outcome] = {}
        by_store: dict[int, list[Item]] = {}
        for place, item in enumerate(items):
            try:
                by_store.setdefault(self._store_of(item).pk, []).append(Item(place, item))
            except Exception as error:
                outcomes[place] = error
        stores = {store.pk: store for store in self.named.values()}
        with transaction.atomic():
            for store_id in sorted(by_store):  # every bulk call locks stores in this order
                with self._in(stores[store_id]):
                    outcomes |= self._do_store(by_store[store_id], serializer_class, about, do)
            answers = [self._told(outcomes[place]) for place in range(len(items))]
            if self.envelope["atomic"] and any(answer.status >= 400 for answer in answers):
                transaction.set_rollback(True)
                undone = self._told(_undone())
                answers = [undone if answer.status < 400 else answer for answer in answers]
        return Response({"results": [answer._asdict() for answer in answers]})

    def _do_store(
        self, items: Sequence[Item], serializer_class: type[serializers.Serializer], about: str, do: Do
    ) -> dict[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        serializer = serializer_class(context=self.get_serializer_context())
        good = []
        for place, data in items:
            try:
                good.append(Item(place, _checked(serializer, self._with_store(data))))
            except ValidationError as error:
                outcomes[place] = error
        for turn in in_turns(good, lambda item: item.data[about]):
            done = each_apart(do, [item.data for item in turn])
            outcomes |= dict(zip([item.place for item in turn], done, strict=True))
        return outcomes

    def _with_store(self, item: Any) -> Any:
        return {"store": self.store.code, **item} if isinstance(item, dict) else item

    def _told(self, outcome: Outcome) -> Answer:
        if isinstance(outcome, Answer):
            return outcome
        return Answer(*answer_to(outcome, self.get_exception_handler_context()))

    def _count(self, items: int) -> None:
        """Some items count as a call each; the call itself is counted already."""
        if wait := KeyThrottle().count(self.request, uses=(items - 1) // ITEMS_PER_CALL):
            raise Throttled(wait)


NOWHERE = Store(pk=0, code="")  # where a call is whose items name no store: nothing is seen there


def _checked(serializer: serializers.Serializer, data: Any) -> dict:
    if unknown := unknown_fields(serializer, data):
        raise ValidationError(unknown)
    return serializer.run_validation(data)


def _undone() -> Refused:
    return Refused("undone", _("Another item of this call failed, and all were to be done or none."))


def results_of(body: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """For the schema: the answer to a bulk call whose single calls answer with `body`."""

    @extend_schema_field(
        PolymorphicProxySerializer(
            component_name=f"{name}Body", serializers=[body, ErrorsSerializer], resource_type_field_name=None
        )
    )
    class BodyField(serializers.JSONField):
        pass

    doc = "What the single call would have answered."
    result = type(
        f"{name}ResultSerializer",
        (serializers.Serializer,),
        {"status": serializers.IntegerField(), "body": BodyField(), "__doc__": doc},
    )
    return type(
        f"{name}ResultsSerializer",
        (serializers.Serializer,),
        {"results": result(many=True), "__doc__": "One result for each item, in the order given."},
    )
