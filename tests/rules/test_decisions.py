"""Every button of the desk stands on one base, which alone calls actions and shows what they refuse."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.contrib.admin import site

from tests.test_architecture import ROOT

DESK = ROOT / "workbench"
CALLS = {"attempt", "put_on_form", "show_refusal"}
# Pages that call actions themselves, and why.
BESIDE = {
    "kit/base.py": "defines the calls, and leads back to a list from what can't be done with what was ticked there",
    "kit/deciding.py": "is the base: its pages",
    "kit/decisions.py": "is the base",
}


def calls(code: str) -> set[str]:
    """Which of the base's calls a piece of code makes itself."""
    called = (node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    return {function.id for function in called if isinstance(function, ast.Name) and function.id in CALLS}


def test_only_the_base_calls_actions_and_shows_refusals():
    found = {str(path.relative_to(DESK)) for path in DESK.rglob("*.py") if calls(path.read_text())}
    assert found | {"kit/base.py"} == set(BESIDE)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("refusal = attempt(lambda: ship_order(number=number))", {"attempt"}),
        ("if refusal: show_refusal(request, refusal)", {"show_refusal"}),
        ("return self.decide(request, order, ShipOrder())", set()),
    ],
)
def test_a_page_that_calls_an_action_itself_is_found(code, found):
    assert calls(code) == found


ADMINS = site._registry.values()
DECIDING = [admin for admin in ADMINS if getattr(admin, "decisions", ())]
SAVING = [getattr(admin, name) for admin in ADMINS for name in ("adding", "editing") if hasattr(admin, name)]


@pytest.mark.parametrize("admin", DECIDING, ids=lambda admin: type(admin).__name__)
def test_each_decision_says_what_it_is(admin):
    """Its codes are its addresses, its label is read, and its template is there."""
    codes = [decision.code for decision in admin.decisions]
    assert len(set(codes)) == len(codes)
    for decision in admin.decisions:
        assert decision.label
        assert decision.capability
        assert (DESK / "templates" / Path(decision.template)).exists()
        assert not decision.is_inline or not decision.preview, "a look needs a page of its own"


DECISIONS = {type(decision) for admin in DECIDING for decision in admin.decisions} | {type(each) for each in SAVING}


@pytest.mark.parametrize("decision", sorted(DECISIONS, key=lambda each: each.__name__), ids=lambda each: each.__name__)
def test_a_decision_asks_for_nothing_that_it_ignores(decision):
    """Each field of its form is named where the action is called, or all of them are handed on."""
    code = inspect.getsource(decision.run)
    asked = {field for field in decision.form.base_fields if f'"{field}"' not in code}
    assert not asked or re.search(r"(\*\*|=)data\b(?!\[|\.get)|data\.items", code)


def test_the_deciding_admins_are_found():
    assert len(DECIDING) >= 13
    assert len(SAVING) >= 12
