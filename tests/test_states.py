"""The diagrams of docs/states.md are those of the code."""

import importlib.util
from pathlib import Path

import pytest

from offers.models import Offer
from orders.models import OwedParcel
from refunds.models import Refund

SCRIPT = Path(__file__).parent.parent / "scripts" / "state_diagrams.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("state_diagrams", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_the_code(script):
    assert script.PAGE.read_text() == script.render(), "run scripts/state_diagrams.py"


def test_every_state_machine_is_drawn(script):
    drawn = {model for model, _field in script.machines()}
    assert {Refund, Offer, OwedParcel} <= drawn
    page = script.render()
    assert all(f"## {model._meta.label}\n" in page for model in drawn)


def test_what_was_declared_is_what_is_drawn(script):
    text = script.draw(Refund, Refund._meta.get_field("status"))
    assert "    rejected --> awaiting_merchant: resubmit" in text
    assert "    closed --> [*]" in text
    assert "    rejected --> [*]" not in text
    assert "[*] --> awaiting_return" in script.draw(OwedParcel, OwedParcel._meta.get_field("status"))


def test_deadlines_are_read_where_they_are_set(script):
    found = {(row.state, row.span, row.outcome) for row in script.deadlines(Refund, Refund._meta.get_field("status"))}
    assert ("awaiting_merchant", "merchant_answers_within", "APPROVE") in found
    assert ("awaiting_return", "buyer_ships_return_within", "CLOSE") in found
    assert ("returning", "merchant_inspects_within", "REFUND") in found


def test_a_new_transition_makes_the_page_stale(script, monkeypatch, capsys, tmp_path):
    page = tmp_path / "states.md"
    monkeypatch.setattr(script, "PAGE", page)
    assert script.main(["--check"]) == 1
    page.write_text(script.render())
    monkeypatch.setattr(script, "arrows", lambda model, field: [])
    assert script.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().out
