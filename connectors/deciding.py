"""The outbox of decisions: taken up, committed, sent once, and true when the marketplace's copy says so.

A decision of which nobody knows whether it arrived is never sent again blindly: the refund is read first. If it has
become what was wanted, that's that; if it is something else, who decided is told; else the decision is sent once more.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Now

from common import clock
from common.actions import bookkeeping
from common.actors import SYSTEM
from common.obligations import LEASE
from common.queries import named_query
from common.sentences import sentence as _
from common.tenancy import tenant_scope
from common.workers import take_up
from common.writes import WriteSet
from connectors.by_hand import open_task
from connectors.copies import copy_from_json
from connectors.events import CODE_ASKED, DECISION_STUCK
from connectors.hinting import read_later
from connectors.models import MirroredRefund, SentDecision
from connectors.models.sending import SentDecisionQuerySet
from connectors.outcomes import is_another_case, why_moved_on
from connectors.port import (
    AddressCopy,
    NotThere,
    PlatformDecision,
    PlatformFault,
    ReauthorisationNeeded,
    RefundCopy,
    Refusal,
    RefusalReason,
    Throttled,
    Unreachable,
    UnreadableCopy,
    Verb,
    Verdict,
    VerdictOutcome,
    WriteAuthorisationEnded,
    WrongSetup,
)
from connectors.reasons import kept_reasons
from connectors.states import OUTBOX, SendingStatus
from connectors.taking import take_copy
from connectors.talking import LeaseLost, Talk, held
from refunds.actions import lock_refund
from refunds.handing_over import end_decision
from refunds.models import Evidence
from stores.models import ReturnAddress

log = logging.getLogger("wanliu.connectors")
FIRST_LOOK = timedelta(seconds=2)  # how soon after a decision the refund is read again, then twice as long each time
LONGEST_LOOK = timedelta(minutes=30)
MOST_LOOKS = 6  # then a person looks; what the pull brings later ends it all the same
ADDRESSED = (Verb.AGREE_RETURN, Verb.AGREE_EXCHANGE)
OTHERS = ("其他", "其它", "other")


def send_next(talk: Talk) -> bool:
    """Take up the next decision of this shop that is due and go a step on with it; False when none is due, or nobody
    answers.

    Safe to kill at any moment. What the platform can't answer puts this decision off; what stops the whole shop is
    raised: ReauthorisationNeeded, WrongSetup, LeaseLost.
    """
    store_id = talk.connection.store_id
    if talk.is_silent:
        return False
    with tenant_scope(store_id):
        if not _due.all(store_id=store_id):
            return False
        taken, worn_out = _take_next(talk, store_id)
    for decision in taken:
        try:
            _go_on(talk, decision)
        except (Unreachable, UnreadableCopy, PlatformFault) as error:
            _settle(decision, lambda mine, error=error: _put_off(mine, error.explained))
        except Throttled as error:
            seconds = timedelta(seconds=error.seconds or 0)
            _settle(decision, lambda mine, after=seconds: _again(mine, after))
        except WriteAuthorisationEnded as error:
            _keep_write_end(talk)
            _end(decision, SendingStatus.REFUSED, "write_authorisation_ended", error.said, ours=error.ours)
        except (ReauthorisationNeeded, WrongSetup, LeaseLost):
            _settle(decision, lambda mine: _again(mine, timedelta(0)))
            raise
        except (NotThere, Refusal) as error:
            _end(decision, SendingStatus.REFUSED, error.code, error.text, ours=error.ours)
    return bool(taken or worn_out)


def _in_the_outbox(store_id: int) -> SentDecisionQuerySet:
    return SentDecision.objects.for_store(store_id).filter(status__in=OUTBOX)


@named_query
def _due(store_id: int):
    return _in_the_outbox(store_id).due()[:1]


@bookkeeping("A lease on a decision; what came of it is on record.")
def _take_next(talk: Talk, store_id: int) -> tuple[list[SentDecision], list[SentDecision]]:
    """The next decision that is due, leased, or one that was tried too often."""
    held(talk.connection)
    taken, worn_out = take_up(_in_the_outbox(store_id), limit=1)
    for decision in [*taken, *worn_out]:
        decision.save(update_fields=decision.WORK_FIELDS)
    _tell_stuck(worn_out)
    return taken, worn_out


def _go_on(talk: Talk, decision: SentDecision) -> None:
    was_sent = decision.status == SendingStatus.SENT or decision.attempts > 1
    copy = _read(talk, decision) if was_sent else _newest(decision)
    if copy is None:  # a copy has ended it
        return
    if decision.status == SendingStatus.SENT:
        _settle(decision, _look_later)
        return
    seen = copy_from_json(decision.seen)
    if is_another_case(seen, copy):
        _end(decision, SendingStatus.MOVED_ON, why_moved_on(seen, copy), copy.raw_status)
        return
    order = _order(talk, decision, copy)
    if not _is_mine(decision):
        return
    talk.counts["sent"] += 1
    _record(talk, decision, talk.ask(lambda platform, shop: platform.decide(shop, order, now=clock.now())))


def _read(talk: Talk, decision: SentDecision) -> RefundCopy | None:
    """The refund as it is now, mirrored; None when that has ended the decision.

    That it may not be read, or isn't found, says nothing of what was sent before: then nobody knows, as by a
    PlatformFault, and it is read again later.
    """
    read_at = clock.now()
    told = {"refund_id": decision.platform_id, "order_number": copy_from_json(decision.seen).order.number}
    try:
        copy = talk.ask(lambda platform, shop: platform.read(shop, **told, now=read_at))
    except (NotThere, Refusal, WriteAuthorisationEnded) as error:
        raise PlatformFault(error.text, code=error.code, ours=error.ours) from None
    if take_copy(talk.connection, copy, read_at=read_at, now=clock.now()):
        talk.counts["changed"] += 1
    return _newest(decision)


def _newest(decision: SentDecision) -> RefundCopy | None:
    """The newest copy that is kept; None when it has ended the decision."""
    with tenant_scope(decision.store_id):
        still = SentDecision.objects.for_store(decision.store_id).under_way().filter(pk=decision.pk)
        if not still.exists():
            return None
        rows = MirroredRefund.objects.for_store(decision.store_id)
        return copy_from_json(rows.get(platform_id=decision.platform_id).copy)


def _is_mine(decision: SentDecision) -> bool:
    """Whether this worker still holds the decision; it does for another LEASE then."""
    with tenant_scope(decision.store_id):
        return _lease_longer(decision)


@bookkeeping("A lease on a decision; what came of it is on record.")
def _lease_longer(decision: SentDecision) -> bool:
    mine = SentDecision.objects.for_store(decision.store_id).filter(pk=decision.pk, leased_by=decision.leased_by)
    return bool(mine.update(leased_until=Now() + 3 * LEASE))


# --- what is sent


def _order(talk: Talk, decision: SentDecision, copy: RefundCopy) -> PlatformDecision:
    """The decision in the platform's terms. Refusal where it wants something that nobody has said."""
    data, verb = decision.data, Verb(decision.verb)
    return PlatformDecision(
        key=str(decision.pk),
        verb=verb,
        copy=copy,
        amount=Decimal(data["amount"]) if "amount" in data else None,
        address_id=_address(talk, decision) if verb in ADDRESSED or "return_address" in data else "",
        reason_code=_reason(talk, decision, copy) if verb in (Verb.REFUSE, Verb.REFUSE_RECEIPT) else "",
        text=data.get("text", ""),
        evidence=tuple(_evidence(decision)),
        kind=data.get("kind", ""),
        carrier=data.get("carrier", ""),
        tracking_number=data.get("tracking_number", ""),
        code=data.get("code", ""),
    )


def _address(talk: Talk, decision: SentDecision) -> str:
    """The platform's id of the return address: the one that reads like ours, else its default or its only one.

    Empty where it tells of none: then it takes its own default, or says what it lacks.
    """
    try:
        known: Sequence[AddressCopy] = talk.ask(lambda platform, shop: platform.return_addresses(shop, now=clock.now()))
    except Refusal:  # it may take its own default
        known = ()
    with tenant_scope(decision.store_id):
        ours = ReturnAddress.objects.for_store(decision.store_id).filter(pk=decision.data.get("return_address")).first()
    wanted = _plain(ours.address) if ours else ""
    same = [each for each in known if wanted and wanted in _plain(each.text)]
    default = [each for each in known if each.is_default] or (known if len(known) == 1 else [])
    for each in [*same, *default]:
        return each.id
    if known:
        raise Refusal(ours=_("The shop keeps no such return address at the marketplace: add it there, as its default."))
    return ""


def _reason(talk: Talk, decision: SentDecision, copy: RefundCopy) -> str:
    """The platform's own reason: the one that was picked, or that reads like what was written. "" where any will do."""
    if picked := decision.data.get("reason_code"):
        return picked
    known = _known_reasons(talk, decision, copy)
    if not known:
        return ""
    written = _plain(decision.data.get("text", ""))
    for reason in known:
        if _plain(reason.text) and _plain(reason.text) in written:
            return reason.code
    for reason in known:
        if any(other in reason.text.lower() for other in OTHERS):
            return reason.code
    if len(known) == 1:
        return known[0].code
    listed = " · ".join(reason.text for reason in known)
    raise Refusal(ours=_("Refuse again with one of the marketplace's own reasons: %(reasons)s") % {"reasons": listed})


def _known_reasons(talk: Talk, decision: SentDecision, copy: RefundCopy) -> Sequence[RefusalReason]:
    """Those that were read for the refund as it stands, or else what the platform says now."""
    with tenant_scope(decision.store_id):
        row = MirroredRefund.objects.for_store(decision.store_id).get(platform_id=decision.platform_id)
    if (kept := kept_reasons(row)) is not None:
        return kept
    try:
        return talk.ask(lambda platform, shop: platform.refusal_reasons(shop, copy, now=clock.now()))
    except Refusal:
        return ()


def _evidence(decision: SentDecision) -> list[tuple[str, bytes]]:
    files = []
    with tenant_scope(decision.store_id):
        kept = Evidence.objects.for_store(decision.store_id).filter(pk__in=decision.data.get("evidence", ()))
        for each in kept.order_by("id"):
            with default_storage.open(each.stored_as) as file:
                files.append((each.name, file.read()))
    return files


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


# --- what came of it


def _record(talk: Talk, decision: SentDecision, verdict: Verdict) -> None:
    match verdict.outcome:
        case VerdictOutcome.DONE:
            _settle(decision, lambda mine: _sent(mine, verdict))
        case VerdictOutcome.CODE_WANTED:
            _settle(decision, lambda mine: _ask_for_code(mine, verdict))
        case VerdictOutcome.BY_HAND:
            _settle(decision, lambda mine: _by_hand(mine, verdict))
        case VerdictOutcome.MOVED_ON:
            _end(decision, SendingStatus.MOVED_ON, verdict.code or "moved_on", verdict.text)
        case VerdictOutcome.REFUSED:
            _end(decision, SendingStatus.REFUSED, verdict.code, verdict.text)


def _settle(decision: SentDecision, do: Callable[[SentDecision], None]) -> None:
    """`do` it with the decision, locked and still this worker's, in a transaction of its own, and save it."""
    with transaction.atomic(), tenant_scope(decision.store_id):
        _do_with(decision, do)


@bookkeeping("How far a decision is on its way; what came of it is on record.")
def _do_with(decision: SentDecision, do: Callable[[SentDecision], None]) -> None:
    lock_refund(store_id=decision.store_id, refund_id=decision.refund_id)
    rows = SentDecision.objects.for_store(decision.store_id).timed().select_for_update(no_key=True)
    mine = rows.filter(pk=decision.pk, leased_by=decision.leased_by).under_way().first()
    if mine is not None:
        do(mine)
        mine.save(update_fields=mine.WORK_FIELDS)


def _sent(mine: SentDecision, verdict: Verdict) -> None:
    mine.make_due()
    mine.status, mine.sent_at = SendingStatus.SENT, clock.now()
    mine.code, mine.told = verdict.code[:100], verdict.text[:300]
    mine.data = {name: value for name, value in mine.data.items() if name != "code"}


def _look_later(mine: SentDecision) -> None:
    attempts = mine.attempts
    mine.plan(min(FIRST_LOOK * 2 ** (attempts - 1), LONGEST_LOOK))
    if attempts >= MOST_LOOKS:
        mine.call_person()
        _tell_stuck([mine])


def _put_off(mine: SentDecision, error: str) -> None:
    mine.put_off(error)
    if mine.needs_attention:
        _tell_stuck([mine])


def _again(mine: SentDecision, after: timedelta) -> None:
    mine.plan(after)
    mine.attempts = max(0, mine.attempts - 1)  # nothing was done


@bookkeeping("It tells that the marketplace asks; the machine has done nothing.")
def _ask_for_code(mine: SentDecision, verdict: Verdict) -> None:
    mine.plan(None)
    mine.attempts, mine.status = 0, SendingStatus.CODE_WANTED
    mine.code, mine.told = verdict.code[:100], verdict.text[:300]
    mine.data = {name: value for name, value in mine.data.items() if name != "code"}
    writes = WriteSet()
    writes.event(CODE_ASKED, mine, topic=mine.refund_id, at=clock.now(), actor=SYSTEM)
    writes.flush()


@bookkeeping("It opens a task for what a merchant has decided, which is on record.")
def _by_hand(mine: SentDecision, verdict: Verdict) -> None:
    mine.plan(None)
    mine.status, mine.code, mine.told = SendingStatus.BY_HAND, verdict.code[:100], verdict.text[:300]
    writes = WriteSet()
    open_task(writes, mine, text=verdict.text, actor=SYSTEM, now=clock.now())
    writes.flush()


def _end(decision: SentDecision, status: SendingStatus, code: str, text: str, ours: str = "") -> None:
    """It won't be done: who decided is told why, in the platform's words or in ours, and the refund is read again."""

    def end(mine: SentDecision) -> None:
        now = clock.now()
        mine.end(status, now)
        mine.code, mine.told, mine.last_error = code[:100], text[:300], ours
        told = {"is_refused": True, "code": mine.code, "text": mine.told, "why": ours}
        end_decision(store_id=mine.store_id, refund_id=mine.refund_id, **told, actor=SYSTEM, now=now)
        number = copy_from_json(mine.seen).order.number
        read_later(mine.connection, platform_id=mine.platform_id, order_number=number, now=now, after=timedelta(0))

    _settle(decision, end)


def _keep_write_end(talk: Talk) -> None:
    """Reading goes on, and the desk says that decisions need a new authorisation."""
    with transaction.atomic(), tenant_scope(talk.connection.store_id):
        _end_writing(talk)


@bookkeeping("What the platform says of an authorisation; that decisions are refused is on record with each.")
def _end_writing(talk: Talk) -> None:
    mine = held(talk.connection)
    mine.write_expires_at = clock.now()
    mine.save(update_fields=["write_expires_at"])


@bookkeeping("It tells that a person has to look; the machine has done nothing.")
def _tell_stuck(decisions: Sequence[SentDecision]) -> None:
    writes = WriteSet()
    for decision in decisions:
        writes.event(DECISION_STUCK, decision, topic=decision.refund_id, at=clock.now(), actor=SYSTEM)
    writes.flush()
