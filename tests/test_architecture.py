"""What the house rules say about the code, checked on the code."""

import ast
import re
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import models
from django.urls import resolve, reverse

from tests.cases import for_each
from workbench.navigation import MENU

ROOT = Path(__file__).resolve().parent.parent
UPPER = ["notices", "automation", "privacy", "webhooks", "connectors", "workbench", "operations", "demo"]
ROOMS = ["common", "stores", "orders", "payments", "refunds", "offers", *UPPER]
CODE = [
    path
    for room in [*ROOMS, "config", "scripts", "mutants"]
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]
IN_ROOMS = [path for path in CODE if path.relative_to(ROOT).parts[0] in ROOMS]
LONGEST = 400
MONEY = re.compile(r"amount|price|_left$|limit$|min_spend|budget")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Everything in a file."""
    return list(ast.walk(ast.parse(path.read_text())))


@cache
def calls(path: Path) -> list[tuple[str, ast.Call]]:
    """Every call in a file, as text of what is called, with its line."""
    return [(ast.unparse(node.func), node) for node in nodes(path) if isinstance(node, ast.Call)]


def test_there_is_code_to_look_at():
    assert len(IN_ROOMS) > 60


def test_a_file_tells_one_story():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    assert [name(path) for path in [*CODE, *tests] if len(path.read_text().splitlines()) > LONGEST] == []


def test_only_the_clock_reads_wall_time():
    readers = re.compile(
        r"(^|\.)(timezone\.now|datetime\.now|datetime\.utcnow|datetime\.today|date\.today|time\.time)$"
    )
    found = [f"{name(path)}:{node.lineno}" for path in IN_ROOMS for text, node in calls(path) if readers.search(text)]
    assert [line for line in found if not line.startswith("common/clock.py:")] == []
    assert found, "the clock itself is found"
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in ROOMS]
    fields = [field for model in ours for field in model._meta.fields]
    stamped = [str(field) for field in fields if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", 0)]
    assert stamped == ["stores.ApiKey.created"], "that one is the package's own"


def test_the_desk_reads_the_clock_once():
    """A page has one instant, `request.now`.

    Only a list's columns, which aren't given the request, ask the clock for it.
    """
    desk = [path for path in IN_ROOMS if name(path).startswith("workbench/")]
    found = [name(path) for path in desk for text, _node in calls(path) if re.search(r"(^|\.)clock\.now$", text)]
    assert found == ["workbench/kit/base.py"]


def test_only_the_calendar_knows_where_a_day_begins():
    """A store's day is asked of common/calendar.py, in Python and in SQL; nobody else makes a date of a time zone."""
    turns = re.compile(
        r"\bZoneInfo\(|AT TIME ZONE|\btime\.min\b|\bastimezone\(|\.date\(\)|\blocal(date|time)\(|\bdate(time)?\.today\("
    )
    found = {name(path) for path in IN_ROOMS if turns.search(path.read_text())}
    assert found == {"common/calendar.py", "common/api/filters.py"}, "the filter writes an instant in UTC: no day"


def test_no_obligation_hangs_on_a_message():
    """Celery is told by name in one batch after the commit; no `.delay`, no ETA, no countdown."""
    for path in IN_ROOMS:
        for text, node in calls(path):
            arguments = {keyword.arg for keyword in node.keywords}
            assert not text.endswith((".delay", ".apply_async")), f"{name(path)}:{node.lineno}"
            if text.endswith("send_task"):
                assert not arguments & {"eta", "countdown"}, f"{name(path)}:{node.lineno}"


def test_money_is_decimal_with_two_places_in_every_table():
    columns = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    money = [field for field in columns if isinstance(field, models.DecimalField) or MONEY.search(field.name)]
    assert money
    for field in money:
        if isinstance(field, models.ForeignKey | models.CharField) or field.name == "rate":  # a share of the orders
            continue
        assert isinstance(field, models.DecimalField), field
        assert field.decimal_places == 2, field
    assert not [
        field
        for field in columns
        if isinstance(field, models.FloatField) and field.model.__module__.split(".")[0] in ROOMS
    ]


def test_no_float_is_made_in_the_rooms():
    found = [f"{name(path)}:{node.lineno}" for path in IN_ROOMS for text, node in calls(path) if text == "float"]
    assert found == []


def test_no_room_knows_the_configuration():
    found = []
    for path in IN_ROOMS:
        for node in nodes(path):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(module.split(".")[0] == "config" for module in modules):
                found.append(f"{name(path)}:{node.lineno}")
    assert found == []


def test_the_desks_templates_lie_in_the_folders_of_its_code():
    """What every page is made of lies above the folders, with the pages that decide."""
    templates = ROOT / "workbench" / "templates" / "workbench"
    folders = {path.name for path in templates.iterdir() if path.is_dir()} - {"decisions"}
    assert len(folders) > 5
    assert {folder for folder in folders if not (ROOT / "workbench" / folder / "__init__.py").exists()} == set()


def test_a_folder_of_the_desk_belongs_to_one_group_of_its_menu():
    """The other way round a group may open several, as Store does with refund without return."""
    groups: dict[str, set[int]] = {}
    for place, (_title, entries) in enumerate(MENU):
        for view, *_rest in entries:
            page = resolve(reverse(f"admin:{view}")).func
            if hasattr(page, "model_admin"):
                groups.setdefault(type(page.model_admin).__module__.split(".")[1], set()).add(place)
    assert len(groups) > 6
    assert {folder: places for folder, places in groups.items() if len(places) > 1} == {}


USUAL = {
    "api",
    "apps",
    "attention",
    "checks",
    "events",
    "models",
    "personal",
    "receivers",
    "retention",
    "signals",
    "states",
    "sweeps",
    "tasks",
    "why_not",
}
NO_CODE_OF_A_ROOM = {"management", "migrations", "templatetags", "agreements", "locale", "__pycache__"}
MAPPED = [
    path.parent
    for room in [*ROOMS, "connectors", "config", "mutants"]
    for path in sorted((ROOT / room).rglob("__init__.py"))
    if not NO_CODE_OF_A_ROOM & set(path.relative_to(ROOT).parts)
]


@for_each("folder", MAPPED, ids=name)
def test_the_map_of_a_folder_names_every_file(folder):
    """The docstring of `__init__`, but for the files that ARCHITECTURE.md says of every room.

    A folder that its package reads says "one file each": of such, only what the others share is named.
    """
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    files = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    files -= USUAL | NO_CODE_OF_A_ROOM | {"__init__", "__main__"}
    if "one file each" in " ".join(text.partition("\n\n")[0].split()):
        files &= {"base"}
    assert sorted(files - set(re.findall(r"\w+", text))) == []
