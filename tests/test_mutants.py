"""The tool that takes guards out: it finds them, takes out one alone, and keeps what came of it."""

import ast

import pytest
from django.db import connection

from mutants import kept, table
from mutants.catalogue import in_tables
from mutants.finding import functions_of, in_code, of_file
from tests.test_architecture import ROOT

CODE = b'''
class Payment:
    @transition(field=status, source=[A, B], target=C)
    def settle(self):
        """UPDATE in words."""


def why_not_pay(payment, now):
    if payment.is_settled or now > payment.until:
        return Refused("late", "\xe8\xbf\x9f")
    if payment.is_free:
        return None
    return why_not_book(payment)


def pay(*, store_id, payment_id):
    rows = Payment.objects.for_store(store_id).filter(pk=payment_id, status="due")
    payment = rows.select_for_update(skip_locked=True, no_key=True).first()
    refuse_if(why_not_pay(payment, now) or why_not_draw(payment))
    share = (payment.amount / 3).quantize(CENT, ROUND_DOWN)
    Note.objects.bulk_create([Note()], ignore_conflicts=True)
    cursor.execute("SELECT 1 FROM t WHERE store_id = %s FOR NO KEY UPDATE SKIP LOCKED", [store_id])
'''


def found():
    return {mutant.name.removeprefix("a.py::"): mutant for mutant in of_file("a.py", CODE)}


def test_every_kind_is_found_under_a_name_of_its_own():
    assert sorted(found()) == [
        "Payment.settle::source::1",
        "pay::claim::1",
        "pay::guard::1",
        "pay::lock::1",
        "pay::lock::2",
        "pay::refusal::1",
        "pay::refusal::2",
        "pay::refusal::3",
        "pay::rounding::1",
        "pay::skip_locked::1",
        "pay::skip_locked::2",
        "pay::tenant::1",
        "pay::tenant::2",
        "why_not_pay::condition::1",
        "why_not_pay::condition::2",
        "why_not_pay::refusal::1",
        "why_not_pay::refusal::2",
        "why_not_pay::refusal::3",
    ]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Payment.settle::source::1", '@transition(field=status, source="*", target=C)'),
        ("pay::claim::1", "Note.objects.bulk_create([Note()], )"),
        ("pay::guard::1", "rows = Payment.objects.for_store(store_id).filter(pk=payment_id, )"),
        ("pay::lock::1", "payment = rows.first()"),
        ("pay::lock::2", 'cursor.execute("SELECT 1 FROM t WHERE store_id = %s", [store_id])'),
        ("pay::refusal::1", "pass"),
        ("pay::refusal::3", "refuse_if(why_not_pay(payment, now) or None)"),
        ("pay::rounding::1", 'share = (payment.amount / 3).quantize(CENT, "ROUND_HALF_EVEN")'),
        ("pay::skip_locked::1", "payment = rows.select_for_update(no_key=True).first()"),
        ("pay::tenant::1", 'rows = Payment.objects.all().filter(pk=payment_id, status="due")'),
        ("why_not_pay::condition::2", "if payment.is_settled or False:"),
        ("why_not_pay::refusal::1", "if False:"),
        ("why_not_pay::refusal::2", "if True:"),
        ("why_not_pay::refusal::3", "return None"),
    ],
)
def test_one_guard_is_taken_out_and_nothing_else(name, line):
    changed = found()[name].applied(CODE)
    ast.parse(changed)
    lines = zip(CODE.splitlines(), changed.splitlines(), strict=True)
    assert [after.decode().strip() for before, after in lines if before != after] == [line]


def test_only_what_is_done_on_import_needs_a_process_of_its_own():
    assert [name for name, mutant in found().items() if mutant.on_import] == ["Payment.settle::source::1"]


def test_another_function_has_another_print_and_the_same_names():
    changed = {mutant.name: mutant for mutant in of_file("a.py", CODE.replace(b"is_free", b"is_small"))}
    moved = {name for name, mutant in found().items() if changed[f"a.py::{name}"].print != mutant.print}
    assert {name.partition("::")[0] for name in moved} == {"why_not_pay"}


def test_functions_are_known_by_their_lines():
    assert [(name, first) for name, first, _last in functions_of(CODE)] == [
        ("Payment.settle", 3),
        ("why_not_pay", 8),
        ("pay", 16),
    ]


def test_the_rooms_have_many_and_no_two_of_one_name():
    mutants = in_code(ROOT)
    assert len(mutants) > 1000
    assert len({mutant.name for mutant in mutants}) == len(mutants)
    for mutant in mutants:
        if mutant.room == "payments":
            ast.parse(mutant.applied((ROOT / mutant.file).read_bytes()))


@pytest.mark.django_db
def test_each_guard_of_the_tables_can_be_taken_out():
    mutants = {mutant.name: mutant for mutant in in_tables()}
    assert "payments_budget::check::budget_reserved_within_balance" in mutants
    assert {"check", "unique", "reference", "policy", "trigger"} == {mutant.kind for mutant in mutants.values()}
    with connection.cursor() as cursor:
        for mutant in mutants.values():
            cursor.execute("SAVEPOINT whole")
            for statement in mutant.statements:
                cursor.execute(statement)
            cursor.execute("ROLLBACK TO SAVEPOINT whole")


@pytest.mark.django_db
def test_the_nursery_stands_on_a_test_database(in_test_database):
    """It is warm once this has run (mutants.nursery)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone()[0].startswith("test_")


def test_the_page_shows_what_is_kept(capsys):
    assert table.write(check=True) == 0, "scripts/mutants --table"


def test_every_reason_is_that_of_a_survivor():
    living = [result for result in kept.read_results().values() if not result.is_dead]
    given = {kept.reason_for(result.name) for result in living}
    assert [pattern for pattern, reason in kept.reasons().items() if reason not in given] == []
