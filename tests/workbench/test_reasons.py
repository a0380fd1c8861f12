"""Buttons of the desk ask the room why not, also those whose page offers them only while nothing speaks against it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from orders.models import DelayReport
from orders.models.shipment_import import ShipmentImport
from payments.models import Payment
from payments.small import Allowance
from refunds.models import Appeal, CarrierClaim, Dispute, EvidencePack
from stores.models import Membership, User
from tests.cases import for_each
from tests.tenancy.things import make_dispute, make_small_payment
from tests.world import NOON, make_user
from workbench.cases.appeals import DecideAppeal
from workbench.cases.disputes import AnswerDispute, DecideDispute
from workbench.cases.packs import MakePack
from workbench.money.payments import BookConflict, PayThisAgain, ResumePayment
from workbench.money.small_payments import PayBuyer
from workbench.refunds.decisions import CorrectReturn, NameAddress, NegotiateFirst
from workbench.refunds.declined import PayAgain
from workbench.refunds.platform import AppealAgainst
from workbench.shipping.carrier_claims import CloseClaim
from workbench.shipping.importing import ConfirmImport
from workbench.shipping.reports import LiftDelay
from workbench.store.members import ChangeRole
from workbench.store.stores import RetireReturnAddress

OVER = Allowance(
    limits=SimpleNamespace(per_payment=1), order_used=0, day=NOON.date(), day_used=None, resets_at=NOON,
    usable_until=NOON, time_zone="Asia/Shanghai",
)  # fmt: skip


@for_each(
    ("decision", "row", "code"),
    [
        (DecideAppeal(), Appeal(status="decided"), "invalid_transition"),
        (DecideDispute(), Dispute(status="decided"), "invalid_transition"),
        (ResumePayment(), Payment(needs_attention=False), "invalid_transition"),
        (BookConflict(), Payment(conflict=""), "invalid_transition"),
        (PayBuyer(OVER, User()), None, "payment_window_closed"),
        (CloseClaim(), CarrierClaim(status="paid"), "invalid_transition"),
        (LiftDelay(), DelayReport(lifted_at=NOON), "invalid_transition"),
        (ConfirmImport(), ShipmentImport(status="checked", total=2, wrong=1), "import_has_errors"),
        (ConfirmImport(), ShipmentImport(status="running", total=2, wrong=0), "invalid_transition"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_speaks_against_it_is_the_rooms_answer(decision, row, code):
    assert decision.refusal(row, NOON).code == code


def sole_owner(shop):
    return Membership.objects.get(user=make_user("only", shop=shop))


def being_packed(shop):
    case = make_dispute(shop)
    EvidencePack.objects.create(store=shop.store, dispute=case, language="en", asked_at=NOON)
    return case


@pytest.mark.parametrize(
    ("decision", "row", "code"),
    [
        (RetireReturnAddress(), lambda shop: shop.address, "last_return_address"),
        (ChangeRole(), sole_owner, "last_owner"),
        (CorrectReturn(), lambda shop: shop.refund(), "invalid_transition"),
        (NameAddress(), lambda shop: shop.refund(), "invalid_transition"),
        (PayAgain(), lambda shop: shop.refund(), "invalid_transition"),
        (PayThisAgain(), make_small_payment, "invalid_transition"),
        (AppealAgainst(), lambda shop: shop.refund(), "invalid_transition"),
        (NegotiateFirst(), lambda shop: shop.refund(), "method_not_available"),
        (MakePack(), being_packed, "pack_under_way"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_room_reads_for_its_answer(db, taote, decision, row, code):
    with taote.scope():
        assert decision.refusal(row(taote), NOON).code == code


def test_the_plea_is_answered_while_evidence_is_taken(db, taote):
    with taote.scope():
        case = make_dispute(taote)
        assert AnswerDispute().refusal(case, NOON) is None
        assert AnswerDispute().refusal(case, NOON + timedelta(days=30)).code == "evidence_closed"
