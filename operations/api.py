"""The test clock of a sandbox over the API (docs/adr/0048)."""

import re
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotDone
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection, connections
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from common import clock
from common.api.fields import InstantField
from common.errors import Refused, refuse_if
from common.tenancy import tenant_scope
from operations.test_clock import let_time_pass
from orders.api.serializers import StoreNameSerializer
from stores.actions import advance_clock, end_advance, why_no_test_clock
from stores.api.base import StoreViewSet

SPAN = re.compile(r"(?=\d)(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?", re.ASCII)
LOCK = 0x636C6B  # of clocks that are moving, among this database's advisory locks
ALIVE_EVERY_S = 5


@extend_schema_field({"type": "string", "pattern": r"^(\d{1,4}d)?(\d{1,5}h)?(\d{1,6}m)?$", "example": "37h"})
class SpanField(serializers.Field):
    """A time such as `37h`, `2d`, `90m` or `1d12h`; as a timedelta."""

    default_error_messages = {"invalid": _("Write a time as days, hours and minutes, such as 2d, 37h or 1d12h30m.")}

    def to_internal_value(self, data) -> timedelta:
        """The timedelta, above zero."""
        found = SPAN.fullmatch(data) if isinstance(data, str) else None
        days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
        if not (days or hours or minutes):
            self.fail("invalid")
        return timedelta(days=days, hours=hours, minutes=minutes)


class AdvanceSerializer(StoreNameSerializer):
    """How far to move the clock on: `to` an instant, or `by` a time; one of them."""

    to = InstantField(required=False)
    by = SpanField(required=False)

    def validate(self, attrs):
        """One of both."""
        if ("to" in attrs) == ("by" in attrs):
            raise ValidationError({"to": [ErrorDetail(_("Name one of “to” and “by”."), "required")]})
        return attrs


class ClockSerializer(serializers.Serializer):
    """What the store's clock shows."""

    now = InstantField()


class TestClockViewSet(StoreViewSet):
    """The clock of a sandbox."""

    resource = None
    resource_of = {"advance": "catalog"}
    callers = {"list": "S", "advance": "S"}
    dear = frozenset({"advance"})
    paged = frozenset()
    pagination_class = None
    serializer_class = ClockSerializer

    @extend_schema(responses=ClockSerializer)
    def list(self, request):
        """What the sandbox's clock shows. Only a sandbox has one (`not_a_sandbox`)."""
        refuse_if(why_no_test_clock(self.store))
        return Response(ClockSerializer({"now": self.now}).data)

    @extend_schema(request=AdvanceSerializer, responses=ClockSerializer)
    @action(detail=False, methods=["post"])
    def advance(self, request):
        """Move a sandbox's clock on; answers when everything that was due by then is done.

        Deadlines come at their own instants, days at their midnights. At most 92 days at once. A call that was cut off
        leaves what was reached: repeated with its Idempotency-Key, or with `to` that instant, it goes on from there.
        """
        data = self.input(AdvanceSerializer)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, self.store.pk])
            if not cursor.fetchone()[0]:
                raise Refused("clock_is_moving", _("The clock is being moved by another call; wait for its answer."))
        self.store.refresh_from_db()  # what a call before this one has moved
        until = self._let_time_pass(data.get("to"), data.get("by"))
        end_advance(self.store)
        return Response(ClockSerializer({"now": until}).data)

    def _let_time_pass(self, to: datetime | None, by: timedelta | None) -> datetime:
        """In a thread with a connection of its own, since each step is committed; this call's transaction waits.

        That it begins is on record before the first step. Returns until when.
        """

        def run() -> datetime:
            try:
                with tenant_scope(self.store.pk):
                    until = advance_clock(
                        store=self.store,
                        to=to,
                        by=by,
                        call=self._call(),
                        actor=self.actor,
                        now=self.store.on_its_clock(clock.wall()),
                    )
                let_time_pass(self.store.pk, until)
                return until
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1, thread_name_prefix="test-clock") as pool:
            passing = pool.submit(run)
            while True:
                try:
                    return passing.result(ALIVE_EVERY_S)
                except NotDone:
                    with connection.cursor() as cursor:  # a transaction that is idle for long is ended
                        cursor.execute("SELECT 1")

    def _call(self) -> str:
        """What this call and its repetitions have in common; empty without an Idempotency-Key."""
        if self.answer is None:
            return ""
        return sha256(f"{self.answer.owner}\n{self.answer.key}\n{self.answer.fingerprint}".encode()).hexdigest()
