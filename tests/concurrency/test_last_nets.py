"""The last nets: whatever code does or forgets, the tables refuse what must never be."""

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection

from common.ids import new_id
from common.tenancy import NoScope, current_scope, system_scope
from payments.settlement import settle_batch
from tests.concurrency.crash import Moment, crash_at


def table(sql: str, *params) -> None:
    """Say it to the table itself, past every action."""
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.fixture
def accepted(negotiation, clock):
    """¥2 were accepted of an order of ¥59; the payment is reserved."""
    case = negotiation()
    clock.move(hours=1)
    case.accept()()
    return case


@pytest.mark.rule("T5")
@pytest.mark.parametrize(
    ("sql", "net"),
    [
        ("UPDATE orders_order SET claimed_amount = 59.01 WHERE id = %s", "order_claimed_within_paid"),
        ("UPDATE orders_order SET claimed_amount = -0.01 WHERE id = %s", "order_claimed_within_paid"),
        ("UPDATE orders_orderline SET claimed_amount = 59.01 WHERE order_id = %s", "order_line_claimed_within_paid"),
        ("UPDATE orders_orderline SET claimed_quantity = 2 WHERE order_id = %s", "order_line_claimed_within_quantity"),
    ],
)
def test_no_more_is_claimed_than_was_paid(accepted, sql, net):
    with pytest.raises(IntegrityError, match=net):
        table(sql, accepted.refund.order_id)


COPY_OFFER = """
    INSERT INTO offers_offer (
        id, store_id, refund_id, method, status, message, agreed_with_buyer, is_counted, due_at, created_at,
        sent_by, sent_by_kind, sent_by_label, sent_on, reason, asked_kind, asked_amount, once_as
    )
    SELECT %s, store_id, refund_id, %s, 'pending', '', true, false, due_at, created_at,
           sent_by, sent_by_kind, sent_by_label, sent_on, reason, asked_kind, asked_amount,
           CASE WHEN %s THEN once_as ELSE '' END
    FROM offers_offer WHERE id = %s
"""


@pytest.mark.rule("T4")
@pytest.mark.parametrize(
    ("method", "net"),
    [("coupon", "offer_one_out_per_refund"), ("change_to_return", "offer_once_per_refund")],
)
def test_one_pending_offer_and_one_negotiation_per_refund(negotiation, method, net):
    case = negotiation()
    is_second_negotiation = net == "offer_once_per_refund"
    if is_second_negotiation:
        case.decline()()
    with pytest.raises(IntegrityError, match=net):
        table(COPY_OFFER, new_id(), method, is_second_negotiation, case.offer.pk)


COPY_TRANSFER = """
    INSERT INTO payments_transfer (
        id, store_id, payment_id, purpose, topic_id, debit_account_id, credit_account_id, amount, phase, created_at
    )
    SELECT %s, store_id, payment_id, purpose, topic_id, debit_account_id, credit_account_id, amount,
           'pending', created_at
    FROM payments_transfer t WHERE EXISTS (SELECT FROM payments_payment p WHERE p.id = payment_id AND p.topic_id = %s)
"""


@pytest.mark.rule("T5")
@pytest.mark.parametrize("is_settled", [False, True])
def test_a_payment_is_never_booked_twice(accepted, is_settled):
    if is_settled:
        settle_batch()
    with pytest.raises(IntegrityError, match="transfer_one_live_per_payment"):
        table(COPY_TRANSFER, new_id(), accepted.refund.pk)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payments_transfer SET phase = 'voided'",
        "UPDATE payments_transfer SET amount = 1",
        "DELETE FROM payments_transfer",
        "UPDATE common_event SET name = ''",
        "DELETE FROM common_event",
    ],
)
def test_books_and_history_are_never_rewritten(accepted, sql):
    settle_batch()
    with pytest.raises(ProgrammingError, match="pgtrigger: Cannot"):
        table(sql)


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.usefixtures("transactional_db")
def test_a_scope_that_could_not_be_opened_is_left_to_nobody(moment):
    """What follows in this thread would go back to it, and see what isn't its own."""
    with crash_at(1, moment) as broken, pytest.raises(OperationalError), system_scope():
        pass
    assert broken.crashed
    with pytest.raises(NoScope):
        current_scope()
