"""Every rule that is built has a test, and docs/rules.md tells which."""

import pytest

from scripts import rules_table


@pytest.fixture(scope="module")
def rules():
    return rules_table.load_rules()


@pytest.fixture(scope="module")
def tests():
    return rules_table.marked_tests()


def test_the_catalogue_has_every_rule_of_the_rulebook_once(rules):
    counts = {"Q": 18, "T": 11, "K": 12, "R": 10, "P": 8}
    assert list(rules) == [f"{letter}{n}" for letter, count in counts.items() for n in range(1, count + 1)]
    assert len({rule.text for rule in rules.values()}) == len(rules)


def test_every_rule_that_is_built_has_a_test_and_no_test_names_an_unknown_rule(rules, tests):
    assert rules_table.problems(rules, tests) == []


def test_every_rule_that_is_built_is_named_by_code(rules):
    code = rules_table.naming_files()
    assert [rule.id for rule in rules.values() if rule.built and not code.get(rule.id)] == []
    assert "refunds/sweeps.py" in code["T10"]
    assert "refunds/returnless/events.py" in code["R5"], "it says R2–R8"


def test_taotes_rules_are_built(rules):
    assert {rule.id for rule in rules.values() if rule.built} >= {f"T{n}" for n in range(1, 12)}


def test_the_table_is_up_to_date(rules, tests):
    assert rules_table.TABLE.read_text() == rules_table.render(rules, tests), "run scripts/rules_table.py"


def test_a_missing_test_and_an_unknown_rule_are_both_told(rules, tests):
    without = {rule_id: found for rule_id, found in tests.items() if rule_id != "T5"}
    assert rules_table.problems(rules, without) == ["T5 is built, but no test is marked with it"]
    assert "X1 is no rule" in rules_table.problems(rules, {**tests, "X1": ["tests/x.py::test_x"]})[0]
