"""Every button of the desk stands on one base, which alone calls actions and shows what they refuse."""

import ast
import inspect
import re
from pathlib import Path

from django.contrib.admin import site

from tests.cases import for_each
from tests.rules.acts import Module, Project, read, read_rooms
from tests.test_architecture import ROOMS, ROOT

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


@for_each(
    ("code", "found"),
    [
        ("refusal = attempt(lambda: ship_order(number=number))", {"attempt"}),
        ("if refusal: show_refusal(request, refusal)", {"show_refusal"}),
        ("return self.decide(request, order, ShipOrder())", set()),
    ],
)
def test_a_page_that_calls_an_action_itself_is_found(code, found):
    assert calls(code) == found


# What calls an act outside of a decision's `run`, and why no button can be asked before.
DOWNLOADS = {
    "workbench.cases.api": "the API asks for the evidence pack and gives it out as the desk does",
    "workbench.cases.packs": "the evidence pack is a download; who took it is on record",
    "workbench.store.buyers_data": "the export is a download; who took it is on record",
    "workbench.shipping.exporting": "the file of the queue is a download; who took it is on record",
}


def acting(project: Project, module: Module, tree: ast.AST) -> list[str]:
    """The acts that a module of the desk calls anywhere but in the `run` of a class."""
    acts = {str(act) for act in project.acts()}
    runs = {
        id(call)
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for method in owner.body
        if isinstance(method, ast.FunctionDef) and method.name == "run"
        for call in ast.walk(method)
    }
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in runs)
    return [str(act) for call in calls for act in project.called(module, call.func) if str(act) in acts]


def test_acts_are_called_by_decisions_alone():
    project = read_rooms(ROOT, ROOMS)
    desk = {module.name: module for module in project.modules.values() if module.room == "workbench"}
    files = {name: ROOT / f"{name.replace('.', '/')}.py" for name in desk}
    trees = {name: ast.parse(path.read_text()) for name, path in files.items() if path.exists()}
    assert {name for name, tree in trees.items() if acting(project, desk[name], tree)} == set(DOWNLOADS)


@for_each(
    ("code", "found"),
    [
        ("class Page:\n    def change_view(self):\n        sell(item=1)", ["shop.sell"]),
        ("def sell_all():\n    sell(item=1)", ["shop.sell"]),
        ("class Sell:\n    def run(self):\n        return sell(item=1)", []),
    ],
)
def test_an_act_that_a_page_calls_itself_is_found(code, found):
    shop = "from common.actions import action\n@action\ndef sell(*, item, actor, now):\n    pass"
    code = f"from shop import sell\n{code}"
    page = read("workbench.page", code)
    assert acting(Project(iter([read("shop", shop), page])), page, ast.parse(code)) == found


ADMINS = site._registry.values()
DECIDING = [admin for admin in ADMINS if getattr(admin, "decisions", ())]
SAVING = [getattr(admin, name) for admin in ADMINS for name in ("adding", "editing") if hasattr(admin, name)]


@for_each("admin", DECIDING, ids=lambda admin: type(admin).__name__)
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


@for_each("decision", sorted(DECISIONS, key=lambda each: each.__name__), ids=lambda each: each.__name__)
def test_a_decision_asks_for_nothing_that_it_ignores(decision):
    """Each field of its form is named where the action is called, or all of them are handed on."""
    code = inspect.getsource(decision.run)
    asked = {field for field in decision.form.base_fields if f'"{field}"' not in code}
    assert not asked or re.search(r"(\*\*|=)data\b(?!\[|\.get)|data\.items", code)


def test_the_deciding_admins_are_found():
    assert len(DECIDING) >= 13
    assert len(SAVING) >= 12
