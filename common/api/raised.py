"""Which codes a call can be refused with: read off the code that the view reaches, nothing is written down twice.

From a view's function calls are followed through the project's own functions: names and attributes of modules and
classes are looked up as Python would, receivers of signals are reached by whoever sends them, and what is asked of an
object whose class isn't known here counts for every class of the same room that can be asked it. A `why_not_…` that is
only asked, and whose answer is neither raised nor handed on, refuses nothing. So a code may be listed that a particular
state makes impossible; one that can come is not missing, which the tests hold every answer to.
"""

import ast
import importlib
import inspect
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.dispatch import Signal
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.serializers import BaseSerializer, Field
from rest_framework.views import APIView

from common.errors import Busy, Invalid, ManyRefused, NotFound, Refused

Codes = dict[int, set[str]]
# What says no → the status that it is answered with, and which argument holds its code.
_SAYS_NO: dict[type, tuple[int, int | None]] = {
    Busy: (429, None),
    Refused: (409, 0),
    Invalid: (400, 2),
    NotFound: (404, None),
    ErrorDetail: (400, 1),
    ValidationError: (400, 1),
}
_UNNAMED = {Busy: "busy", Invalid: "invalid", NotFound: "not_found", ErrorDetail: "invalid"}
# Functions that raise what they are given.
_RAISERS = {"refuse_if"}
# A view's own ways to check what it was sent.
_CHECKS = {"input", "validated", "answer_all"}


@cache
def own_packages() -> frozenset[str]:
    """The project's own packages."""
    return frozenset(app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR)


@cache
def _tree(path: str) -> dict[int, ast.FunctionDef]:
    """Line on which a function begins, its decorators included → its code."""
    found = {}
    for node in ast.walk(ast.parse(Path(path).read_text())):
        if isinstance(node, ast.FunctionDef):
            found[min([node.lineno, *(each.lineno for each in node.decorator_list)])] = node
    return found


@cache
def _methods() -> dict[tuple[str, str], list[FunctionType]]:
    """(room, name) → the functions of this name in the room's classes, views and serializers aside."""
    found: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    for cls in _classes(object):
        room = str(cls.__module__).partition(".")[0]
        if room in own_packages() and not issubclass(cls, APIView | BaseSerializer | Field):
            for name, value in vars(cls).items():
                if (function := function_of(value)) is not None:
                    found[room, name].append(function)
    return found


def _classes(base: type) -> Iterator[type]:
    seen, waiting = set(), [base]
    while waiting:
        cls = waiting.pop()
        if cls not in seen:
            seen.add(cls)
            yield cls
            waiting.extend(type.__subclasses__(cls))


def function_of(value: Any) -> FunctionType | None:
    """The project's function behind a method, a property or a decorated function."""
    if isinstance(value, property):
        value = value.fget
    value = getattr(value, "func", getattr(value, "__func__", value))  # of a cached property, of a bound method
    value = inspect.unwrap(value) if callable(value) else value
    if not isinstance(value, FunctionType) or value.__module__.partition(".")[0] not in own_packages():
        return None
    return None if value.__code__.co_filename.startswith("<") else value  # a dataclass writes some itself


@dataclass
class Function:
    """What stands in one function. `own` are the names that it asks of `self` and `super()`.

    `reads` are the serializers that it checks a body or a query with; None stands for the view's own.
    """

    reaches: list[Any] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    reads: set[type[BaseSerializer] | None] = field(default_factory=set)
    codes: Codes = field(default_factory=lambda: defaultdict(set))
    tells_many: bool = False
    unread: set[str] = field(default_factory=set)


class Reach:
    """What is reached from some functions: the codes that it refuses with, and the serializers that it reads by.

    `view` is the class whose methods `self` is looked up in; what is called as one of `without` isn't followed.
    """

    def __init__(self, view: type | None = None, without: Collection[str] = ()) -> None:
        self.view = view
        self.without = without
        self.codes: Codes = defaultdict(set)
        self.tells_many = False  # several refusals at once, under the status of the first
        self.unread: set[str] = set()  # where a code stands that can't be read off the code
        self.reads: set[type[BaseSerializer] | None] = set()
        self._seen: set[FunctionType] = set()

    def follow(self, function: Any) -> "Reach":
        """Everything from here on."""
        waiting = [function]
        while waiting:
            found = function_of(waiting.pop())
            if found is None or found in self._seen or found.__name__ in self.without:
                continue
            self._seen.add(found)
            looked = look_at(found)
            for status, codes in looked.codes.items():
                self.codes[status] |= codes
            self.unread |= looked.unread
            self.tells_many |= looked.tells_many
            self.reads |= looked.reads
            waiting.extend(looked.reaches)
            waiting.extend(self._own(found, looked.own))
        return self

    def _own(self, function: FunctionType, names: set[str]) -> Iterator[Any]:
        """What a function asks of its own object: the view's, or anything of that name in its room."""
        of_view = self.view is not None and function in _functions_of(self.view)
        for name in names:
            if of_view:
                yield from (vars(cls).get(name) for cls in self.view.__mro__)
            else:
                yield from _methods()[str(function.__module__).partition(".")[0], name]


@cache
def _functions_of(view: type) -> set[FunctionType | None]:
    return {function_of(value) for cls in view.__mro__ for value in vars(cls).values()}


@cache
def look_at(function: FunctionType) -> Function:
    """What stands in a function, whoever calls it."""
    looked = Function()
    node = _tree(function.__code__.co_filename).get(function.__code__.co_firstlineno)
    if node is None:
        return looked
    names = _names(function, node)
    room, handed_on = str(function.__module__).partition(".")[0], _handed_on(function, node)
    asked = {
        id(call.func)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and id(call) not in handed_on and _says_why(function_of(_value(call.func, names)))
    }
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            _note(looked, each, names, node, f"{function.__module__}:{each.lineno}")
            looked.reads |= set(_readers(each, names))
        if id(each) in asked or not isinstance(getattr(each, "ctx", None), ast.Load):
            continue
        if isinstance(each, ast.Name):
            looked.reaches.append(names.get(each.id))
        elif isinstance(each, ast.Attribute):
            owner = _value(each.value, names)
            if isinstance(owner, Signal) and each.attr in ("send", "send_robust"):
                looked.reaches += receivers_of(owner)
            elif isinstance(owner, ModuleType | type):
                looked.reaches.append(getattr(owner, each.attr, None))
            elif _is_self(each.value):
                looked.own.add(each.attr)
            elif owner is None:
                looked.reaches += _methods()[room, each.attr]
    return looked


def _readers(call: ast.Call, names: dict[str, Any]) -> Iterator[type[BaseSerializer] | None]:
    """The serializers that a call has a body or a query checked by."""
    of_view = isinstance(call.func, ast.Attribute) and call.func.attr in _CHECKS and _is_self(call.func.value)
    if of_view and not call.args:
        yield None
    checked = call.args if of_view else [call.func] if any(word.arg == "data" for word in call.keywords) else []
    for each in checked:
        value = _value(each, names)
        if isinstance(value, type) and issubclass(value, BaseSerializer):
            yield value


def _note(looked: Function, call: ast.Call, names: dict[str, Any], node: ast.FunctionDef, place: str) -> None:
    """The code that a call which says no says it with."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "fail" and call.args:
        looked.codes[400] |= set(_texts(call.args[0]))  # a field's own
        return
    said = _value(call.func, names)
    looked.tells_many |= said is ManyRefused
    kind = next((kind for kind in _SAYS_NO if isinstance(said, type) and issubclass(said, kind)), None)
    if kind is None:
        return
    status, position = _SAYS_NO[kind]
    told = next((word.value for word in call.keywords if word.arg == "code"), None)
    if told is None and position is not None and len(call.args) > position:
        told = call.args[position]
    if told is None:
        looked.codes[status] |= {_UNNAMED[kind]} if kind in _UNNAMED else set()
    elif texts := {*_texts(told), *_from_table(told, node, names)}:
        looked.codes[status] |= texts
    elif not (isinstance(told, ast.Attribute) and told.attr == "code"):  # a refusal that is told again
        looked.unread.add(place)


def receivers_of(signal: Signal) -> list[Any]:
    """Who hears a signal."""
    live = signal._live_receivers(sender=None)
    return [receiver for group in (live if isinstance(live, tuple) else (live,)) for receiver in group]


def _names(function: FunctionType, node: ast.FunctionDef) -> dict[str, Any]:
    """What the names in a function stand for, as far as that is the same at every call."""
    names = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    for each in ast.walk(node):
        if isinstance(each, ast.ImportFrom) and each.module:
            module = importlib.import_module(each.module)
            names |= {part.asname or part.name: getattr(module, part.name, None) for part in each.names}
    for argument in [*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]:
        names.pop(argument.arg, None)
    return names


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    """What a name or a dotted name stands for; None when that isn't known."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, names)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType | type) else None
    return None


def _says_why(function: FunctionType | None) -> bool:
    """Whether it answers with a refusal instead of raising it."""
    said = str(function.__annotations__.get("return")) if function else ""
    return "Refused" in said or "Invalid" in said


def _handed_on(function: FunctionType, node: ast.FunctionDef) -> set[int]:
    """The parts of a function whose values it raises, or answers with where it says why itself."""
    roots: list[ast.AST] = []
    for each in ast.walk(node):
        is_raiser = isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in _RAISERS
        if is_raiser or isinstance(each, ast.Raise) or (isinstance(each, ast.Return) and _says_why(function)):
            roots.append(each)
    assigned: dict[str, list[ast.AST]] = defaultdict(list)
    for each in ast.walk(node):
        if isinstance(each, ast.Assign | ast.NamedExpr | ast.AnnAssign) and each.value is not None:
            for target in each.targets if isinstance(each, ast.Assign) else [each.target]:
                assigned[ast.unparse(target)].append(each.value)
        elif isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "append":
            assigned[ast.unparse(each.func.value)] += each.args
    found: set[int] = set()
    while roots:
        for part in ast.walk(roots.pop()):
            if id(part) not in found:
                found.add(id(part))
                if isinstance(part, ast.Name):
                    roots += assigned.pop(part.id, [])
    return found


def _is_self(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return isinstance(node, ast.Name) and node.id == "self"


def _texts(node: ast.expr) -> Iterator[str]:
    """The words that an expression may come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def _from_table(told: ast.expr, node: ast.FunctionDef, names: dict[str, Any]) -> Iterator[str]:
    """The words of a column of a table of the file, as in `code, text = TABLE[key]`."""
    for each in ast.walk(node):
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Subscript):
            table, target = _value(each.value.value, names), each.targets[0]
            columns = [ast.unparse(column) for column in target.elts] if isinstance(target, ast.Tuple) else []
            if isinstance(table, dict) and ast.unparse(told) in columns:
                yield from (row[columns.index(ast.unparse(told))] for row in table.values())
