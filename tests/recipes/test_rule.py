"""CONTRIBUTING's recipe for a rule.

A line of the catalogue, its id in the event, a marked test, and the table made anew.
"""

from pathlib import Path

import pytest

from scripts import rules_table
from tests.recipes.test_action import promise, shop  # noqa: F401

TEST = '''import pytest


@pytest.mark.rule("Q19")
def test_a_call_is_promised_once():
    """Asked of the action."""
'''


@pytest.fixture
def house(tmp_path, monkeypatch):
    """The catalogue with one more rule that is built, in a house of its own."""
    catalogue = rules_table.CATALOGUE.read_text()
    last = next(line for line in catalogue.splitlines() if line.startswith("18 = "))
    added = catalogue.replace("built = [\n", 'built = [\n  "Q19",\n', 1)
    added = added.replace(last, f'{last}\n19 = "The merchant promises the buyer a call at most once a refund."', 1)
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "docs" / "rules.toml").write_text(added)
    monkeypatch.setattr(rules_table, "ROOT", tmp_path)
    monkeypatch.setattr(rules_table, "CATALOGUE", tmp_path / "docs" / "rules.toml")
    monkeypatch.setattr(rules_table, "TABLE", tmp_path / "docs" / "rules.md")
    return tmp_path


def problems() -> list[str]:
    return rules_table.problems(rules_table.load_rules(), rules_table.marked_tests())


def test_a_rule_that_is_built_wants_a_test(house: Path):
    assert "Q19 is built, but no test is marked with it" in problems()
    (house / "tests" / "test_calls.py").write_text(TEST)
    assert "Q19 is built, but no test is marked with it" not in problems()


def test_the_table_shows_it_with_its_test_and_is_told_when_stale(house: Path):
    (house / "tests" / "test_calls.py").write_text(TEST)
    rules_table.main([])
    row = next(line for line in (house / "docs" / "rules.md").read_text().splitlines() if line.startswith("| Q19"))
    assert row == (
        "| Q19 | The merchant promises the buyer a call at most once a refund. |  | "
        "`tests/test_calls.py::test_a_call_is_promised_once` |"
    )
    (house / "tests" / "test_calls.py").write_text(TEST.replace("once", "just_once"))
    assert rules_table.render(rules_table.load_rules(), rules_table.marked_tests()) != rules_table.TABLE.read_text()
    assert rules_table.main(["--check"]) == 1


@pytest.mark.django_db
def test_what_happened_by_it_says_so(new_action, shop):  # noqa: F811
    refund = shop.refund()
    promise(new_action, shop, refund)
    told = shop.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]
    assert [event["name"] for event in told if event["rule"] == "Q19"] == ["refund.call_promised"]
