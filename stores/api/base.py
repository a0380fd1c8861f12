"""The view that every resource builds on: key, store and scope → idempotency → action."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import ClassVar, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_filters.utils import translate_validation
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from common import idempotency, looks
from common.actors import Actor, ActorKind
from common.api.bodies import lent_fields
from common.api.changes import BY_CHANGE, NAMES, ChangesFilter
from common.api.render import ByAccept
from common.api.represent import represent
from common.api.unknown import unknown_fields
from common.changed import Traced
from common.dear import dear
from common.errors import NotFound
from common.models import IdempotentAnswer
from common.settled import Settled, look
from common.tenancy import Scope, current_scope, set_scope
from common.web.access import note
from stores.api.auth import MARKETPLACE, note_use
from stores.api.opening import open_call
from stores.instants import on_clock_of
from stores.models import Store

MAX_KEY_LENGTH = 255
LOOKED_AT_EARLY = 2**13  # bytes of a body whose sender isn't known yet
Row = TypeVar("Row")


class Replay(Exception):
    """Carries a kept answer past the handler."""

    def __init__(self, answer: IdempotentAnswer):
        self.answer = answer


class StoreViewSet(viewsets.GenericViewSet):
    """A resource of one store.

    `callers` maps each action to the kinds of key that may call it ("S", "M", "SM"); `resource` is the scope's first
    half, and `resource_of` that of actions which need another one. `self.store` is the store of the request and
    `self.now` its instant; the whole request is one transaction. `dear` are the actions that read or write so much that
    a store may have few of them under way. A call's parameters are `store`, those of pages and filters where the action
    is `paged` and `filtered`, and those that `queries` adds; any other is refused. `feeds` are the actions that read no
    further than what is settled. `answers_with` are the codes, by status, that an action answers without raising them.
    A replica may answer the actions `from_replica`, but for feeds.
    """

    resource: ClassVar[str | None]
    resource_of: ClassVar[dict[str, str]] = {}
    callers: ClassVar[dict[str, str]]
    idempotency_key_required: ClassVar[frozenset[str]] = frozenset()
    dear: ClassVar[frozenset[str]] = frozenset()
    paged: ClassVar[frozenset[str]] = frozenset({"list"})
    filtered: ClassVar[frozenset[str]] = frozenset({"list"})
    queries: ClassVar[dict[str, frozenset[str]]] = {}
    repeatable: ClassVar[frozenset[str]] = frozenset()
    feeds: ClassVar[frozenset[str]] = frozenset()
    from_replica: ClassVar[frozenset[str]] = frozenset({"list"})
    answers_with: ClassVar[dict[str, dict[int, Collection[str]]]] = {}
    lookup_value_regex = "[^/]+"
    content_negotiation_class = ByAccept
    filter_backends: ClassVar[list] = []
    store: Store

    def initial(self, request, *args, **kwargs):
        """Authenticate, find the store, open its scope, take the Idempotency-Key."""
        self.now = request.now
        self.answer: IdempotentAnswer | None = None
        self.fault: APIException | None = None
        super().initial(request, *args, **kwargs)
        if self.fault is not None:
            raise self.fault
        if not self.reads_settled():
            note_use(request.auth, self.now)
        if self.action in self.dear:
            self.held.enter_context(dear(request.user.owner))
        self.store = self._store()
        if current_scope() != (own := Scope((self.store.pk,))):
            set_scope(own)
        if self.store.clock_ahead:
            self.held.enter_context(self.on_clock_of(self.store))
        note(store=self.store.code)
        looks.is_about_store(self.store.pk)
        if any("\0" in value for value in self.kwargs.values()):
            raise NotFound  # no name can contain it, and PostgreSQL refuses to look
        if not all(value.isascii() for name, value in self.kwargs.items() if name == "pk" or name.endswith("_id")):
            raise NotFound  # Python would read digits of any script
        if self.action in self.callers:
            self._check_query()
        if request.method == "POST":
            self._take_key()

    @contextmanager
    def on_clock_of(self, store: Store) -> Iterator[None]:
        """Have it be, for the call, what the store's own clock shows."""
        outer = self.now
        with on_clock_of(store, self.request._request):
            self.now = self.request._request.now
            yield
        self.now = outer

    def check_permissions(self, request):
        """Whoever may not do it is counted as well."""
        super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request):
        """Counted before it is asked who may do it."""

    def reads_settled(self) -> bool:
        """Whether the call asks `settled`."""
        return self.action in self.feeds or (
            self.traces(self.action) and bool(NAMES & self.request.query_params.keys())
        )

    @classmethod
    def traces(cls, action: str) -> bool:
        """Whether the rows of this list can be asked for by their last change."""
        model = getattr(getattr(cls, "queryset", None), "model", None)
        return action == "list" and model is not None and issubclass(model, Traced)

    @classmethod
    def is_for_replica(cls, action: str | None, params: Mapping[str, str]) -> bool:
        """Whether a replica may answer: what asks where the record is settled asks who writes."""
        return action in cls.from_replica - cls.feeds and not (cls.traces(action) and NAMES & params.keys())

    def filter_queryset(self, queryset):
        """Narrow the rows; those asked for by their last change end where nothing can appear any more."""
        queryset = super().filter_queryset(queryset)
        if not self.traces(self.action) or not self.reads_settled():
            return queryset
        changes = ChangesFilter(self.request.query_params, queryset, request=self.request)
        if not changes.is_valid():
            raise translate_validation(changes.errors)
        return changes.qs.filter(updated_at__lt=self.settled().at)

    def paginate_queryset(self, queryset):
        """One page, in the order of their changes where these are asked for."""
        if self.traces(self.action) and self.reads_settled():
            self.paginator.ordering = (BY_CHANGE, "pk")
        page = super().paginate_queryset(queryset)
        looks.shows_list(page or ())
        return page

    def settled(self) -> Settled:
        """Up to where nothing can appear any more. Asked once, before anything is written."""
        settled = look()
        note_use(self.request.auth, self.request._request.came_at)  # whose key it is goes by everybody's clock
        return settled

    def _check_query(self) -> None:
        """Refuse what would be ignored in silence: a parameter that is misspelt, or named twice."""
        known = {"store"} | self.queries.get(self.action, frozenset())
        if self.action in self.paged and self.paginator is not None:
            known |= {self.paginator.cursor_query_param, self.paginator.page_size_query_param}
        if self.action in self.filtered and self.filter_backends:
            known |= self.filterset_class.base_filters.keys()
        if self.traces(self.action):
            known |= NAMES
        wrong = {}
        for name, values in self.request.query_params.lists():
            if name not in known:
                detail = _("No parameter has this name here; those there are: %(known)s.")
                wrong[name] = [ErrorDetail(detail % {"known": ", ".join(sorted(known))}, "unknown")]
            elif len(values) > 1 and name not in self.repeatable:
                wrong[name] = [ErrorDetail(_("Name this parameter once."), "repeated")]
        if wrong:
            raise ValidationError(wrong)

    def named_early(self) -> str | None:
        """The store that the call names, as far as a short look tells before anybody is known.

        What is wrong with a body is said once it is clear that its sender may call.
        """
        length = self.request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()) or int(length) > LOOKED_AT_EARLY:
            return None
        try:
            return self._named_store()
        except APIException as fault:
            self.fault = fault
            return None

    def _store(self) -> Store:
        caller = self.request.user
        code = self._named_store()
        if caller.kind == MARKETPLACE:
            if code is None:
                raise ValidationError(
                    {"store": [ErrorDetail(_("Name the store: a marketplace's key works in many."), "required")]}
                )
            store = caller.store or open_call(prefix=caller.key.prefix, named=code).store
            if store is None:
                raise NotFound
            return store
        if code is not None and code != caller.key.store.code:
            raise NotFound
        return caller.key.store

    def _named_store(self) -> str | None:
        asked = named = self.request.query_params.get("store")
        if self.request.method in ("POST", "PATCH", "PUT") and isinstance(self.request.data, dict):
            named = self.request.data.get("store", asked)
        if asked is not None and named != asked:
            detail = _("The address and the body name different stores; name one.")
            raise ValidationError({"store": [ErrorDetail(detail, "invalid")]})
        if named is None:
            return None
        if not isinstance(named, str) or not named or not named.isprintable():
            raise ValidationError({"store": [ErrorDetail(_("Write the store's code."), "invalid")]})
        return named

    def _take_key(self) -> None:
        key = self.request.headers.get("Idempotency-Key")
        if self.action in self.idempotency_key_required and not (key or "").strip():
            detail = _("Send an Idempotency-Key header: it keeps a retry from paying twice.")
            raise ValidationError({"Idempotency-Key": [ErrorDetail(detail, "idempotency_key_required")]})
        if key is None:
            return
        if not key.strip() or len(key) > MAX_KEY_LENGTH or not key.isprintable():
            detail = _("Write 1 to 255 printable characters, or leave the header out.")
            raise ValidationError({"Idempotency-Key": [ErrorDetail(detail, "invalid")]})
        request = self.request._request
        if request.content_type == "multipart/form-data":
            body = idempotency.upload_body(self.request.data, self.request.FILES)
        else:
            body = json.dumps(self.request.data, default=str, sort_keys=True).encode()
        answer = idempotency.take_key(
            store_id=self.store.pk,
            owner=self.request.user.pk,
            key=key,
            print_=idempotency.fingerprint(request.method, request.get_full_path(), body),
        )
        if answer.status_code is not None:
            looks.shows_again(self.store.pk, answer.about or ())
            raise Replay(answer)
        self.answer = answer
        self.savepoint = transaction.savepoint()

    def handle_exception(self, exc):
        """A refusal undoes everything but its own kept answer."""
        if isinstance(exc, Replay):
            return Response(exc.answer.body, status=exc.answer.status_code, headers={"Idempotency-Replayed": "true"})
        response = super().handle_exception(exc)
        if getattr(self, "answer", None) is not None:
            if response.status_code < 500 and response.status_code != 429:
                transaction.set_rollback(False)
                transaction.savepoint_rollback(self.savepoint)
            else:
                self.answer = None
        return response

    def finalize_response(self, request, response, *args, **kwargs):
        """Keep the answer when the call had an Idempotency-Key."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if getattr(self, "answer", None) is not None:
            body = json.dumps(self.kept(response.data), cls=JSONEncoder)
            about = looks.topics_shown(self.store.pk)
            idempotency.keep(self.answer, status_code=response.status_code, body=body, about=about)
        return response

    def kept(self, data):
        """What is kept of an answer for repeated calls."""
        return data

    def dispatch(self, request, *args, **kwargs):
        """Close the scope with the request, and give back the place of a dear one."""
        try:
            with ExitStack() as self.held:
                return super().dispatch(request, *args, **kwargs)
        finally:
            set_scope(None)

    @property
    def actor(self) -> Actor:
        """Who acts in this request."""
        return self.request.user.actor()

    @property
    def platform(self) -> Actor:
        """The marketplace itself, where it decides and doesn't speak for a buyer."""
        return replace(self.actor, kind=ActorKind.PLATFORM)

    def input(self, serializer_class=None, **kwargs) -> dict:
        """The validated body. 400 names the fields at fault."""
        return self.validated(serializer_class, **kwargs).validated_data

    def validated(self, serializer_class=None, **kwargs) -> serializers.BaseSerializer:
        """The serializer of the body, when it is valid and holds nothing that nobody reads."""
        serializer = (serializer_class or self.get_serializer_class())(
            data=self.request.data, context=self.get_serializer_context(), **kwargs
        )
        with lent_fields(serializer):
            if unknown := unknown_fields(serializer, self.request.data):
                raise ValidationError(unknown)
            serializer.is_valid(raise_exception=True)
        return serializer


class ListMixin(mixins.ListModelMixin):
    """A list in cursor pages."""

    def list(self, request, *args, **kwargs):
        """One page."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([represent(self.serializer_class, row) for row in page])


@contextmanager
def named_by(field: str) -> Iterator[None]:
    """What isn't found in here was named by this field of the body or the query: the answer says so."""
    try:
        yield
    except NotFound as missing:
        raise NotFound(missing.attr or field) from missing


def parse_id(text: str) -> UUID:
    """The id in a path; what can't be one is simply not found."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def found(row: Row | None) -> Row:
    """The row. NotFound when there is none."""
    if row is None:
        raise NotFound
    looks.shows(row)
    return row


def get_or_404(queryset, **lookup):
    """The row, or NotFound for one that is missing, foreign, or named by something that can't be an id."""
    try:
        row = queryset.get(**lookup)
    except (queryset.model.DoesNotExist, DjangoValidationError, ValueError) as error:
        raise NotFound from error
    looks.shows(row)
    return row
