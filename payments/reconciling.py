"""Once a day a gateway's statement is compared with our books.

What differs is listed for a person, and stops further payments as a conflict; nothing is corrected.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice
from uuid import UUID

from django.db.models import Q

from common import clock
from common.actions import bookkeeping
from common.actors import SYSTEM
from common.calendar import ONE_DAY, PLATFORM_ZONE, day_of, end_of_day, start_of_day
from common.setbacks import sweep_each
from common.tenancy import system_scope
from payments.conflicts import Word, conflict_between, note_conflicts, note_late_answers
from payments.gateways import gateway, usable_gateways
from payments.gateways.base import GatewayOutcome, NoStatement, StatementLine
from payments.models import Difference, Payment, Reconciliation
from payments.states import DifferenceKind, PaymentStatus

log = logging.getLogger("wanliu.payments")

CHUNK = 1000


def yesterday(now: datetime) -> date:
    """The last day that is over in the gateways' calendar."""
    return day_of(now, PLATFORM_ZONE) - ONE_DAY


def is_reconciled(*, name: str, day: date, now: datetime) -> bool:
    """Whether there is a report of this day already. One of later than `now` is a fast clock's, of half a day."""
    with system_scope():
        return Reconciliation.objects.filter(gateway=name, date=day, created_at__lte=now).exists()


def reconcile_yesterday() -> int:
    """Compare each gateway's statement of the day that is over with our books, once; returns how many there were.

    A gateway that has no statement yet is asked again the next time; one that fails keeps no other waiting.
    """
    now = clock.now()
    return sweep_each("statements compared", usable_gateways(), partial(_reconcile_once, day=yesterday(now), now=now))


def _reconcile_once(name: str, *, day: date, now: datetime) -> bool:
    """Whether there is a new report of this day."""
    if is_reconciled(name=name, day=day, now=now):
        return False
    try:
        reconcile(name=name, day=day, now=now)
    except NoStatement as reason:
        log.warning("no statement of %s yet: %s", name, reason)
        return False
    return True


def reconcile(*, name: str, day: date, now: datetime) -> Reconciliation:
    """Compare a gateway's statement of a day with our payments.

    The report is kept, and replaces an earlier one of the same day. It counts both sides alike: `lines` are the
    payments of which the gateway says something, in the statement or asked, and `payments` those among them and beyond
    them that our books know. Where nothing differs both are the same number.

    The gateway is asked outside any transaction. NoStatement when it has none (yet), KeyError for an unknown gateway.
    """
    port = gateway(name)
    there: set[str] = set()
    here: set[str] = set()
    found: list[Difference] = []
    for lines in _chunks(port.statement(day)):
        with system_scope():
            ours = _ours(name, lines)
        told = [line for line in lines if line.key in ours or line.outcome != GatewayOutcome.DECLINED]
        found += _compare(ours, told)
        _keep_conflicts(ours, told, now)
        there.update(line.key for line in told)
        here.update(ours)
    with system_scope():
        paid = list(_paid_on(name, day))
    for payment in paid:
        if (key := str(payment.pk)) in there:
            continue
        here.add(key)
        difference = _ask_about(port, payment, now)
        found += difference
        if not difference:
            there.add(key)
    return _keep(name, day, now, len(there), len(here), found)


def _chunks(lines: Iterable[StatementLine]) -> Iterator[Sequence[StatementLine]]:
    """A bill of any length, in parts; the last of several lines about one key in a part tells what became of it."""
    rest = iter(lines)
    while part := list(islice(rest, CHUNK)):
        yield list({line.key: line for line in part}.values())


def _ours(name: str, lines: Sequence[StatementLine]) -> dict[str, Payment]:
    """Our payments that the lines are about, by the key that the gateway was given."""
    keys = [key for line in lines if (key := _as_id(line.key)) is not None]
    return {str(payment.pk): payment for payment in Payment.objects.in_scope().filter(pk__in=keys, gateway=name)}


def _keep_conflicts(ours: Mapping[str, Payment], lines: Sequence[StatementLine], now: datetime) -> None:
    """What contradicts our books stops further payments, as a notice would."""
    words = {}
    for line in lines:
        payment, is_paid_there = ours.get(line.key), line.outcome != GatewayOutcome.DECLINED
        conflict = payment and conflict_between(payment, is_paid_there=is_paid_there, amount=line.amount)
        if conflict:
            words[payment.pk] = Word(conflict, line.amount, line.reference)
    if words:
        with system_scope():
            note_conflicts(words=words, actor=SYSTEM, now=now)


def _compare(ours: Mapping[str, Payment], lines: Sequence[StatementLine]) -> list[Difference]:
    """What the statement says otherwise than we, or about what we don't know."""
    found = []
    for line in lines:
        payment = ours.get(line.key)
        if payment is None:
            found.append(_difference(DifferenceKind.UNKNOWN_HERE, line.key, line=line))
        elif payment.amount != line.amount:
            found.append(_difference(DifferenceKind.AMOUNT, line.key, payment, line))
        elif not _agree(payment, line):
            found.append(_difference(DifferenceKind.STATUS, line.key, payment, line))
    return found


def _agree(payment: Payment, line: StatementLine) -> bool:
    """Whether our state fits the statement's. What came back later was paid on its day."""
    match line.outcome:
        case GatewayOutcome.PAID:
            return payment.is_known_as_paid
        case GatewayOutcome.DECLINED:
            return payment.status == PaymentStatus.FAILED and not payment.is_known_as_paid
    return payment.reversed_at is not None


def _paid_on(name: str, day: date) -> Iterator[Payment]:
    """What we booked as paid on this day of the gateway's calendar."""
    paid = Payment.objects.in_scope().filter(
        Q(status=PaymentStatus.SUCCEEDED) | Q(reversed_at__isnull=False),
        gateway=name,
        settled_at__gte=start_of_day(day, PLATFORM_ZONE),
        settled_at__lt=end_of_day(day, PLATFORM_ZONE),
    )
    return paid.order_by("settled_at").iterator()


def _ask_about(port, payment: Payment, now: datetime) -> list[Difference]:
    """A payment that the day's statement doesn't have: the gateway may have moved it just before or after midnight."""
    key = str(payment.pk)
    answer = port.look_up(key)
    if answer is not None and answer.outcome in (GatewayOutcome.PAID, GatewayOutcome.RETURNED, GatewayOutcome.UNKNOWN):
        return []
    found = _difference(DifferenceKind.UNKNOWN_THERE, key, payment)
    found.status_there = answer.outcome if answer else ""
    if answer is not None:
        with system_scope():
            note_late_answers([answer], actor=SYSTEM, now=now)
    return [found]


def _difference(
    kind: DifferenceKind, key: str, payment: Payment | None = None, line: StatementLine | None = None
) -> Difference:
    return Difference(
        kind=kind,
        key=key[:64],
        payment_id=payment and payment.pk,
        status_here=_state_here(payment),
        amount_here=payment and payment.amount,
        status_there=line.outcome if line else "",
        amount_there=line and line.amount,
        reference=line.reference if line else payment.gateway_reference if payment else "",
    )


def _state_here(payment: Payment | None) -> str:
    if payment is None:
        return ""
    if payment.reversed_at:
        return "reversed"
    return "written_off" if payment.written_off_at else payment.status


@bookkeeping("A report says how two books differ and moves nothing; a conflict that it finds is an act.", alone=True)
def _keep(
    name: str, day: date, now: datetime, lines: int, payments: int, differences: Sequence[Difference]
) -> Reconciliation:
    Reconciliation.objects.filter(gateway=name, date=day).delete()
    report = Reconciliation.objects.create(
        gateway=name,
        date=day,
        lines=lines,
        payments=payments,
        differences_found=len(differences),
        created_at=now,
    )
    for difference in differences:
        difference.reconciliation = report
    Difference.objects.bulk_create(differences, batch_size=CHUNK)
    return report


def _as_id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
