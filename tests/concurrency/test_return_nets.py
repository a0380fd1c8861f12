"""What the tables of returns, disputes, appeals and evidence refuse, whatever code does or forgets."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from common.tenancy import system_scope
from tests.tenancy.furnish import make_furnished_shop

pytestmark = pytest.mark.django_db


def copy(table: str, **changes: str) -> str:
    """Insert one of the table's rows again under an id of its own, with these values (SQL) changed."""
    values = "".join(f", '{name}', {value}" for name, value in {"id": "gen_random_uuid()", **changes}.items())
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object({values.removeprefix(', ')}))).* "
        f"FROM {table} t LIMIT 1"
    )


NETS = [
    ("P1", "refund_amount_positive", "UPDATE refunds_refund SET amount = 0"),
    ("P1", "refund_deadline_has_action", "UPDATE refunds_refund SET due_at = NULL WHERE due_action <> ''"),
    ("P1", "refund_line_once", copy("refunds_refundline")),
    ("P1", "refund_line_quantity_positive", "UPDATE refunds_refundline SET quantity = 0"),
    ("P1", "refund_line_amount_not_negative", "UPDATE refunds_refundline SET amount = -0.01"),
    (
        "P2",
        "order_line_claimed_within_quantity",
        "UPDATE orders_orderline SET cancelled_quantity = quantity WHERE claimed_quantity > 0",
    ),
    ("P3", "carrier_claim_once_per_parcel", copy("refunds_carrierclaim")),
    ("P3", "carrier_claim_amount_not_negative", "UPDATE refunds_carrierclaim SET amount = -0.01"),
    ("P3", "carrier_claim_closed_with_status", "UPDATE refunds_carrierclaim SET status = 'paid', closed_at = NULL"),
    ("P2", "refund_line_stopped_within_quantity", "UPDATE refunds_refundline SET stopped_quantity = quantity + 1"),
    ("P3", "shipment_pieces_of_an_order", "UPDATE orders_shipment SET pieces = '{}', direction = 'return'"),
    ("P4", "shipment_recalled_for_a_refund", "UPDATE orders_shipment SET recalled_at = now(), recalled_for = NULL"),
    ("R7", "dispute_one_open_per_refund", copy("refunds_dispute")),
    ("R7", "dispute_outcome_when_decided", "UPDATE refunds_dispute SET outcome = 'buyer'"),
    (
        "R7",
        "dispute_split_has_amount",
        "UPDATE refunds_dispute SET status = 'decided', outcome = 'split', amount = NULL, decided_at = now()",
    ),
    ("R7", "dispute_ended_with_status", "UPDATE refunds_dispute SET decided_at = now()"),
    ("P5", "appeal_one_per_refund", copy("refunds_appeal")),
    ("P5", "appeal_outcome_when_decided", "UPDATE refunds_appeal SET status = 'decided', decided_at = now()"),
    ("P5", "appeal_pays_when_upheld", "UPDATE refunds_appeal SET compensation = 1"),
    ("Q17", "evidence_file_once", copy("refunds_evidence")),
    ("Q17", "evidence_type_known", copy("refunds_evidence", stored_as="'another'", type="'text/html'")),
    ("Q17", "evidence_pack_once_per_language", copy("refunds_evidencepack")),
    ("Q17", "evidence_pack_made_with_file", "UPDATE refunds_evidencepack SET size = NULL WHERE status = 'made'"),
]


@pytest.mark.rule("P1", "P2", "P3", "P4", "P5", "R7", "Q17")
def test_the_tables_refuse_what_must_never_be(subtests):
    make_furnished_shop()
    for rule, net, sql in NETS:
        with subtests.test(f"{rule}: {net}"), pytest.raises(IntegrityError, match=net):
            table(sql, net)


@pytest.mark.rule("Q17")
def test_evidence_is_never_rewritten(subtests):
    make_furnished_shop()
    for sql in ("UPDATE refunds_evidence SET sha256 = ''", "DELETE FROM refunds_evidence"):
        with subtests.test(sql), pytest.raises(ProgrammingError, match="pgtrigger: Cannot"):
            table(sql)


KEPT = (
    "offers_costrates",
    "privacy_look",
    "refunds_evidence",
    "refunds_message",
    "refunds_note",
    "refunds_qualityrefund",
)


def test_what_is_on_record_is_never_deleted(subtests):
    make_furnished_shop()
    for name in KEPT:
        with subtests.test(name), pytest.raises(ProgrammingError, match="pgtrigger: Cannot"):
            table(f"DELETE FROM {name}")


TAKEN_OUT: dict[str, str] = {}  # net → what takes it out: mutants.nursery asks each case without its own


def table(sql: str, net: str = "") -> None:
    """Say it to the table itself, past every action; what it does is undone."""
    with system_scope(), transaction.atomic(), connection.cursor() as cursor:
        if net in TAKEN_OUT:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end keeps a table from being altered
            cursor.execute(TAKEN_OUT[net])
        cursor.execute(sql)
        transaction.set_rollback(True)
