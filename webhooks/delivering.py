"""One endpoint's turn: whoever holds its lease sends what is due, one message after the other.

Messages of one history (a refund's, an order's) go in the order of their events: a later one waits for an earlier one.
What fails is tried again for three days, at growing intervals; an endpoint that fails is called less often, and
paused when it has taken nothing for three days. One that says when to come back (429 or 503 with Retry-After) is left
alone until then, within LONGEST_ASKED. A turn has one connection at a time and ends after TURN_S, so that a
slow receiver takes one of the threads that call endpoints, and nothing from anybody else.
"""

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Min
from rest_framework.utils.encoders import JSONEncoder

from common import clock
from common.actions import bookkeeping
from common.actors import SYSTEM
from common.callees import CalleeLost, held_callee, take_up_callee
from common.errors import told_safely
from common.metering import noting
from common.models import Event
from common.tenancy import tenant_scope
from common.workers import in_turn
from webhooks.actions import pause_endpoint
from webhooks.models import LONGEST_ANSWER, Delivery, Endpoint
from webhooks.secrets import signed
from webhooks.states import CallError, DeliveryStatus, PauseReason
from webhooks.telling import message, told
from webhooks.wire import CallAnswer, post

log = logging.getLogger("wanliu.webhooks")

TURN_S = 20
TRY_FOR = timedelta(days=3)
RETRY_AFTER = [timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18_000, 36_000)]
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
LONGEST_ASKED = timedelta(hours=1)  # that a receiver may put us off
GONE, TOO_MANY_REQUESTS, NOT_NOW = 410, 429, 503
_NO_ACT = "What came of a call is written on the delivery; the event that it tells of is on record."


def call_endpoints(*, ids: Sequence[UUID] | None = None) -> int:
    """Take up one endpoint that is due (of these, if given) and give it its turn; returns how many: 0 or 1.

    Safe to run anywhere, any number of times, and to kill at any moment: what was sent and not noted is sent again,
    under the same id.
    """
    taken = take_up_callee(Endpoint, ids)
    in_turn(taken, _turn)
    return len(taken)


def _turn(endpoint: Endpoint) -> None:
    ends_at = monotonic() + TURN_S
    asked = timedelta(0)
    try:
        while monotonic() < ends_at:
            delivery = _next(endpoint)
            if delivery is None:
                break
            answer = _attempt(endpoint, delivery)
            if answer is not None and not answer.is_taken:
                asked = pause_asked_for(answer, clock.now())
                break
        _rest(endpoint, asked=asked)
    except CalleeLost:
        log.info("endpoint %s is another worker's by now, or nobody's", endpoint.pk)
    except Exception as error:
        log.error("endpoint %s: %s", endpoint.pk, told_safely(error))
        _rest(endpoint, broken=True)


def _next(endpoint: Endpoint) -> Delivery | None:
    """The first delivery that is due; a test comes before what waits, whoever wants to see it doesn't."""
    with tenant_scope(endpoint.store_id):
        rows = Delivery.objects.for_store(endpoint.store_id).filter(endpoint=endpoint)
        return rows.first_of_their_history().due().order_by("-is_test", "event").first()


def pause_asked_for(answer: CallAnswer, now: datetime) -> timedelta:
    """How long the receiver wants to be left alone, in seconds or until a date (RFC 9110): at most LONGEST_ASKED."""
    if answer.status not in (TOO_MANY_REQUESTS, NOT_NOW):
        return timedelta(0)
    text = answer.retry_after.strip()
    if text.isascii() and text.isdigit():
        return LONGEST_ASKED if len(text) > 6 else min(timedelta(seconds=int(text)), LONGEST_ASKED)
    try:
        asked = parsedate_to_datetime(text)
    except ValueError:
        return timedelta(0)
    asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    return min(max(asked - now, timedelta(0)), LONGEST_ASKED)


def _attempt(endpoint: Endpoint, delivery: Delivery) -> CallAnswer | None:
    """Send it; what came of it. One that breaks here (None) is put off, and the others go on."""
    try:
        return _send(endpoint, delivery)
    except (CalleeLost, SoftTimeLimitExceeded):
        raise
    except Exception as error:
        log.error("delivery %s: %s", delivery.pk, told_safely(error), extra={"event_id": delivery.event})
        with transaction.atomic(), tenant_scope(endpoint.store_id):
            _put_aside(endpoint, delivery, CallError.BROKEN)
        return None


def message_of(endpoint: Endpoint, delivery: Delivery) -> str:
    """What is sent: the event as `GET events/` tells it, with its name and its instant beside it."""
    event = Event.objects.for_store(endpoint.store_id).get(pk=delivery.event)
    told_of = told(endpoint.store_id, [event])[0]
    sent = message(endpoint.store.code, event.name, event.at, told_of)
    return json.dumps(sent, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))


def _send(endpoint: Endpoint, delivery: Delivery) -> CallAnswer:
    """Call the endpoint and write down what came of it."""
    with tenant_scope(endpoint.store_id):
        body = message_of(endpoint, delivery)
    headers = {"Content-Type": "application/json", "User-Agent": "Wanliu-Webhooks/1", "Connection": "close"}
    now = clock.now()
    headers |= signed(endpoint, message_id=str(delivery.pk), body=body, at=now, there=endpoint.store.on_its_clock(now))
    answer = post(endpoint.url, body.encode(), headers)
    with transaction.atomic(), tenant_scope(endpoint.store_id):
        _note(endpoint, delivery, answer)
    noting.endpoint_called("taken" if answer.is_taken else answer.error or CallError.REFUSED)
    return answer


@bookkeeping(_NO_ACT)
def _note(endpoint: Endpoint, delivery: Delivery, answer: CallAnswer) -> None:
    now = clock.now()
    there = _on_its_clock(endpoint, now)
    mine, row = _tried(endpoint, delivery, now)
    row.response_status, row.took_ms = answer.status, answer.took_ms
    row.response = answer.body.replace("\0", "\ufffd")[:LONGEST_ANSWER]
    if answer.is_taken:
        row.status, row.delivered_at = DeliveryStatus.DELIVERED, there
        row.plan(None)
        mine.failures, mine.failing_since = 0, None
    else:
        _put_off(row, answer.error or CallError.REFUSED, now, pause_asked_for(answer, now))
        mine.failures, mine.failing_since = mine.failures + 1, mine.failing_since or now
    row.save()
    mine.save(update_fields=["failures", "failing_since"])
    if answer.status == GONE or (mine.failing_since and now - mine.failing_since >= TRY_FOR):
        reason = PauseReason.GONE if answer.status == GONE else PauseReason.DEAD
        pause_endpoint(store_id=mine.store_id, endpoint_id=mine.pk, reason=reason, actor=SYSTEM, now=there)


def _on_its_clock(endpoint: Endpoint, now: datetime) -> datetime:
    """What the store's own clock shows: a sandbox's may have been moved on while its endpoint was called."""
    if endpoint.store.is_sandbox:
        endpoint.store.refresh_from_db(fields=["clock_ahead"])
    return endpoint.store.on_its_clock(now)


@bookkeeping(_NO_ACT)
def _put_aside(endpoint: Endpoint, delivery: Delivery, error: str) -> None:
    """The receiver isn't to blame for it: nothing is counted against the endpoint."""
    now = clock.now()
    _mine, row = _tried(endpoint, delivery, now)
    _put_off(row, error, now)
    row.save()


def _tried(endpoint: Endpoint, delivery: Delivery, now: datetime) -> tuple[Endpoint, Delivery]:
    """Both, read anew under the endpoint's lock, and the attempt counted: whoever changes a delivery takes it first."""
    mine = held_callee(endpoint)
    row = Delivery.objects.timed().get(pk=delivery.pk)
    row.attempts += 1
    row.tried_since = row.tried_since or now
    return mine, row


def _put_off(row: Delivery, error: str, now: datetime, asked: timedelta = timedelta(0)) -> None:
    """Again later, until it has been tried for TRY_FOR. A test has told what it can: somebody may send another."""
    row.last_error = error[: Delivery._meta.get_field("last_error").max_length]
    if row.is_test or row.has_been_tried_for(now) >= TRY_FOR:
        row.status, row.next_attempt_at = DeliveryStatus.FAILED, None
    else:
        row.next_attempt_at = row.database_now + max(RETRY_AFTER[min(row.attempts, len(RETRY_AFTER)) - 1], asked)


def _rest(endpoint: Endpoint, *, broken: bool = False, asked: timedelta = timedelta(0)) -> None:
    """Write down when the endpoint is due again, unless somebody else has it by now."""
    try:
        with transaction.atomic(), tenant_scope(endpoint.store_id):
            _plan(held_callee(endpoint), broken, asked)
    except CalleeLost:
        return


@bookkeeping(_NO_ACT)
def _plan(mine: Endpoint, broken: bool, asked: timedelta) -> None:
    mine.attempts = 0
    waiting = Delivery.objects.for_store(mine.store_id).filter(endpoint=mine).first_of_their_history()
    soonest = waiting.aggregate(at=Min("next_attempt_at"))["at"]
    mine.plan(None)
    if soonest is not None:
        failures = max(mine.failures, int(broken))
        pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE) if failures else timedelta(0)
        mine.next_attempt_at = max(soonest, mine.database_now + max(pause, asked))
    mine.save(update_fields=Endpoint.WORK_FIELDS)
