"""The tool that takes guards out: it finds them, takes out one alone, and keeps what came of it."""

import ast
import json
import sys
from copy import copy
from importlib import import_module
from types import ModuleType

import pytest
from django.db import connection

from mutants import kept, table, watching
from mutants.catalogue import in_tables
from mutants.choosing import Choice
from mutants.finding import functions_of, in_code, of_file
from mutants.swapping import Cold, swap_on_import
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


WATCHED = b'''
def why_not_pay(paid, late):
    """In words."""
    if paid and late:
        return Refused("late")
    return None


def pay(paid, late):
    refuse_if(why_not_pay(paid, late))
    return rows.select_for_update()
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


@pytest.mark.parametrize(
    ("paid", "late", "would_miss"),
    [
        (True, True, {"why_not_pay::refusal::1", "pay::refusal::1"}),
        (True, False, {"why_not_pay::condition::2", "pay::lock::1"}),
        (False, True, {"why_not_pay::condition::1", "pay::lock::1"}),
    ],
)
def test_a_guard_is_missed_where_it_decides(monkeypatch, paid, late, would_miss):
    before = set(watching.POINTS)
    for function in (watching.passes, watching.holds, watching.fails, watching.refuses, watching.divides):
        monkeypatch.setitem(__builtins__, f"_watch_{function.__name__}", function)
    names = {"rows": Rows(), "Refused": Refused, "refuse_if": refuse_if}
    exec(watching.watched("b.py", WATCHED), names)
    watching.missed.clear()
    try:
        names["pay"](paid, late)
    except Refused:
        pass
    points = {watching.POINTS[point].partition("#")[0].removeprefix("b.py::") for point in watching.missed}
    assert points == would_miss | {"pay", "why_not_pay"}
    del watching.POINTS[len(before) :]


class Refused(Exception):
    pass


class Rows:
    def select_for_update(self):
        return self


def refuse_if(why):
    if why:
        raise why


def test_everything_can_be_watched():
    for path in sorted((ROOT / "payments").rglob("*.py")):
        compile(watching.watched(str(path), path.read_bytes()), str(path), "exec")


def test_whoever_would_miss_it_is_tried_and_the_narrowest_first(tmp_path):
    lock = found()["pay::lock::1"]
    measured = {
        "wide": {"seconds": 1, "missed": [0, 1, 2]},
        "narrow": {"seconds": 2, "missed": [0]},
        "elsewhere": {"seconds": 1, "missed": [1]},
    }
    tests = {f"tests/test_mutants.py::{name}": said for name, said in measured.items()}
    (tmp_path / "reach").write_text(
        json.dumps({"outcome": "points", "points": [lock.point, "a.py::other"]})
        + "\n"
        + json.dumps({"outcome": "measured", "tests": tests, "passed": [0, 1], "later": ["a.py::later"]})
    )
    tried = Choice(tmp_path / "reach").tests_for(lock, 60)
    assert [name.rpartition("::")[2] for name in tried] == ["narrow", "wide"]
    assert Choice(tmp_path / "reach").tests_for(lock, 1) == tried[:1]


def test_what_is_made_on_import_is_changed_where_it_is_held(monkeypatch, tmp_path):
    path = tmp_path / "held.py"
    before = b"ONE = 'one row'\nBOTH = f'{ONE}, locked'\nOTHER = 'other'\n"
    held, reader = ModuleType("payments.held"), ModuleType("payments.reader")
    held.__file__ = str(path)
    exec(before, vars(held))
    reader.SAID = held.BOTH
    monkeypatch.setitem(sys.modules, "payments.held", held)
    monkeypatch.setitem(sys.modules, "payments.reader", reader)
    swap_on_import(before, before.replace(b"one row", b"all rows"), path)
    assert (held.BOTH, reader.SAID, held.OTHER) == ("all rows, locked", "all rows, locked", "other")
    with pytest.raises(Cold):
        swap_on_import(b"print(1)", b"print(2)", path)


@pytest.mark.parametrize("kept_in", ["payments/models/payment.py"])
def test_a_transition_may_begin_anywhere(monkeypatch, kept_in):
    path = ROOT / kept_in
    mutant = next(mutant for mutant in of_file(kept_in, path.read_bytes()) if mutant.kind == "source")
    model, method = mutant.function.split(".")
    meta = getattr(getattr(import_module("payments.models"), model), method)._django_fsm
    monkeypatch.setattr(meta, "transitions", {source: copy(one) for source, one in meta.transitions.items()})
    swap_on_import(path.read_bytes(), mutant.applied(path.read_bytes()), path)
    assert meta.has_transition("no such state")


@pytest.mark.django_db
def test_each_guard_of_the_tables_can_be_taken_out():
    mutants = {mutant.name: mutant for mutant in in_tables()}
    assert "payments_budget::check::budget_reserved_within_balance" in mutants
    assert {"check", "unique", "reference", "policy", "trigger"} == {mutant.kind for mutant in mutants.values()}
    with connection.cursor() as cursor:
        for mutant in mutants.values():
            if not mutant.put_back:
                cursor.execute("SAVEPOINT whole")
            for statement in (*mutant.statements, *mutant.put_back):
                cursor.execute(statement)
            if not mutant.put_back:
                cursor.execute("ROLLBACK TO SAVEPOINT whole")
    assert {mutant.name for mutant in in_tables()} == mutants.keys(), "each has been put back"


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
