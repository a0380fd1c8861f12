"""Reads the code: which functions are acts, what they are told, whether an event is among what they call; and which
functions write although nobody can say whose act that is.

Calls are followed by name through the project's own functions: those of the same file, imported ones, functions
of imported modules, and methods, of which any of that name in the caller's room counts (but for the API's
views, which call acts). What hears a signal is called by whoever sends it.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TOLD = {"actor", "now"}
MARKS = {"action", "bookkeeping"}
WRITING_SQL = re.compile(
    r"\b(INSERT\s+INTO\s+\w+\b.*?(\(|\bSELECT\b)|DELETE\s+FROM\s|UPDATE\s+\w+(\s+\w+)?\s+SET\s)", re.DOTALL
)
WRITING_CALLS = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


@dataclass
class Module:
    """A file of the project: its functions by name, its methods by name, and where its imported names come from."""

    name: str
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    methods: dict[str, list[ast.FunctionDef]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)

    @property
    def room(self) -> str:
        """The top folder."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Function:
    """A function and the file in which it stands."""

    module: str
    node: ast.FunctionDef

    def __hash__(self) -> int:
        return hash((self.module, self.node.name, self.node.lineno))

    def __str__(self) -> str:
        return f"{self.module}.{self.node.name}"


def read(name: str, text: str) -> Module:
    """What a file defines and imports."""
    module = Module(name)
    package = name if name.endswith("__init__") else name.rpartition(".")[0]
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef):
                    module.methods.setdefault(each.name, []).append(each)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or package
            module.imports.update({each.asname or each.name: f"{source}.{each.name}" for each in node.names})
        elif isinstance(node, ast.Import):
            module.imports.update({each.asname or each.name: each.name for each in node.names})
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            module.functions[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            module.constants.update({target.id: node.value for target in targets if isinstance(target, ast.Name)})
    return module


class Project:
    """All files of the rooms."""

    def __init__(self, modules: Iterator[Module]):
        self.modules = {module.name: module for module in modules}

    def acts(self) -> list[Function]:
        """Every function marked with the `action` of common.actions."""
        return [
            Function(module.name, function)
            for module in self.modules.values()
            if module.imports.get("action") == "common.actions.action"
            for function in module.functions.values()
            if any(isinstance(each, ast.Name) and each.id == "action" for each in function.decorator_list)
        ]

    def leaves_an_event(self, function: Function) -> bool:
        """Whether some call that begins here tells a WriteSet an event."""
        seen, waiting = set(), [function]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            for node in ast.walk(current.node):
                if not isinstance(node, ast.Call):
                    continue
                if isinstance(node.func, ast.Attribute) and node.func.attr == "event":
                    return True
                waiting.extend(self.called(self.modules[current.module], node.func))
        return False

    def called(self, module: Module, called: ast.expr) -> Iterator[Function]:
        """The project's functions that a call in the module may mean."""
        if isinstance(called, ast.Name):
            if called.id in module.functions:
                yield Function(module.name, module.functions[called.id])
            elif called.id in module.imports:
                yield from self._imported(module.imports[called.id])
        elif isinstance(called, ast.Attribute):
            owner = called.value.id if isinstance(called.value, ast.Name) else ""
            if owner in module.imports and module.imports[owner] in self.modules:
                yield from self._imported(f"{module.imports[owner]}.{called.attr}")
                return
            for other in self.modules.values():
                if other.room == module.room and "api" not in other.name.split("."):
                    yield from (Function(other.name, each) for each in other.methods.get(called.attr, ()))

    def _imported(self, dotted: str) -> Iterator[Function]:
        """A function by its dotted name, also one that a package passes on."""
        owner, _dot, name = dotted.rpartition(".")
        module = self.modules.get(owner)
        if module is None:
            return
        if name in module.functions:
            yield Function(owner, module.functions[name])
        elif module.imports.get(name, dotted) != dotted:
            yield from self._imported(module.imports[name])


@dataclass(frozen=True)
class Named:
    """Something with a name that others use: a function, a method, or a value that holds functions or SQL."""

    module: str
    name: str
    place: int  # the line in which it begins: several methods have one name

    def __str__(self) -> str:
        return f"{self.module}.{self.name}:{self.place}"


class Uses:
    """Who writes, and by whom each function is used, so that one may ask for whom it writes."""

    def __init__(self, project: Project):
        self.project = project
        self.nodes: dict[Named, ast.AST] = {}
        self._methods: dict[tuple[str, str], list[Named]] = defaultdict(list)
        for module in project.modules.values():
            for name, node in [*module.functions.items(), *module.constants.items()]:
                self.nodes[Named(module.name, name, 0)] = node
            for name, found in module.methods.items():
                for node in found:
                    method = Named(module.name, name, node.lineno)
                    self.nodes[method] = node
                    if "api" not in module.name.split("."):
                        self._methods[module.room, name].append(method)
        self._hearing = self._find_receivers()
        self.users: dict[Named, set[Named]] = defaultdict(set)
        for user, node in self.nodes.items():
            for used in self._used(project.modules[user.module], node):
                self.users[used].add(user)

    def unowned(self, *, but: tuple[str, ...]) -> list[str]:
        """Functions that write outside every act and every bookkeeping; those of the modules `but` are left out."""
        owned = {named for named, node in self.nodes.items() if _is_marked(node) or self.users[named]}
        while orphans := {each for each in owned if not self._is_owned(each, owned)}:
            owned -= orphans
        return sorted(
            str(each)
            for each, node in self.nodes.items()
            if each not in owned and not each.module.startswith(but) and self.writes(each.module, node)
        )

    def _is_owned(self, named: Named, owned: set[Named]) -> bool:
        """Whether it is an act or bookkeeping, or nobody but those and what they use uses it."""
        others = self.users[named] - {named}
        return _is_marked(self.nodes[named]) or (bool(others) and others <= owned)

    def writes(self, module: str, node: ast.AST) -> bool:
        """Whether the function itself collects writes, saves rows or executes SQL that changes some."""
        if not isinstance(node, ast.FunctionDef):
            return False
        calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
        if any(_collects(call) or _changes_rows(call) for call in calls):
            return True
        executes = any(isinstance(call.func, ast.Attribute) and call.func.attr == "execute" for call in calls)
        return executes and self._holds_sql(self.project.modules[module], node, set())

    def _holds_sql(self, module: Module, node: ast.AST, seen: set[str]) -> bool:
        """Whether writing SQL stands in it, in the constants that it names, or in what made those."""
        known = (
            dict(module.constants) if isinstance(node, ast.FunctionDef) else {**module.functions, **module.constants}
        )
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and WRITING_SQL.search(each.value):
                return True
            if isinstance(each, ast.Name) and each.id in known and each.id not in seen:
                seen.add(each.id)
                if self._holds_sql(module, known[each.id], seen):
                    return True
        return False

    def _used(self, module: Module, node: ast.AST) -> Iterator[Named]:
        skipped = {id(each) for mark in getattr(node, "decorator_list", ()) for each in ast.walk(mark)}
        for each in ast.walk(node):
            if id(each) in skipped:
                continue
            if isinstance(each, ast.Name):
                yield from self._by_name(module, each.id)
            elif isinstance(each, ast.Attribute):
                owner = each.value.id if isinstance(each.value, ast.Name) else ""
                if module.imports.get(owner) in self.project.modules:
                    yield from self._at_home(f"{module.imports[owner]}.{each.attr}")
                else:
                    yield from self._methods[module.room, each.attr]
                if each.attr == "send":
                    yield from self._hearing[self._dotted(module, owner)]

    def _by_name(self, module: Module, name: str) -> Iterator[Named]:
        if name in module.functions or name in module.constants:
            yield Named(module.name, name, 0)
        elif name in module.imports:
            yield from self._at_home(module.imports[name])

    def _at_home(self, dotted: str) -> Iterator[Named]:
        owner, _dot, name = self._dotted_home(dotted).rpartition(".")
        if Named(owner, name, 0) in self.nodes:
            yield Named(owner, name, 0)

    def _dotted_home(self, dotted: str) -> str:
        """Where a name is defined that packages pass on."""
        owner, _dot, name = dotted.rpartition(".")
        module = self.project.modules.get(owner)
        passed_on = module and name not in module.functions and module.imports.get(name, dotted)
        return self._dotted_home(passed_on) if passed_on and passed_on != dotted else dotted

    def _dotted(self, module: Module, name: str) -> str:
        return self._dotted_home(module.imports.get(name, f"{module.name}.{name}"))

    def _find_receivers(self) -> dict[str, list[Named]]:
        """What hears each signal, by the signal's dotted name."""
        hearing = defaultdict(list)
        for module in self.project.modules.values():
            for name, function in module.functions.items():
                for mark in function.decorator_list:
                    if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "receiver":
                        signal = mark.args[0]
                        if isinstance(signal, ast.Name):
                            hearing[self._dotted(module, signal.id)].append(Named(module.name, name, 0))
        return hearing


def _is_marked(node: ast.AST) -> bool:
    """Whether it is an act or bookkeeping."""
    marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in getattr(node, "decorator_list", ())]
    return any(isinstance(mark, ast.Name) and mark.id in MARKS for mark in marks)


def _collects(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "WriteSet"


def _changes_rows(call: ast.Call) -> bool:
    """A manager's, queryset's or model's method that writes. What is told a name is a file, a dict is told a dict."""
    if not isinstance(call.func, ast.Attribute):
        return False
    match call.func.attr:
        case "save" | "delete":
            return not call.args
        case "update":
            return bool(call.keywords) and not call.args
    return call.func.attr in WRITING_CALLS


def uses_actor(function: Function) -> bool:
    """Whether what it is told about who does it is told to anybody."""
    return any(isinstance(node, ast.Name) and node.id == "actor" for node in ast.walk(function.node))


def missing_arguments(function: Function) -> set[str]:
    """What an act is not told by name, `positional` when it takes an argument by its place."""
    arguments = function.node.args
    by_place = {"positional"} if arguments.args or arguments.posonlyargs or arguments.vararg else set()
    return by_place | (TOLD - {each.arg for each in arguments.kwonlyargs})


def read_rooms(root: Path, rooms: list[str]) -> Project:
    """The project as it lies in these folders."""
    return Project(
        read(".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"), path.read_text())
        for room in rooms
        for path in sorted((root / room).rglob("*.py"))
        if "migrations" not in path.parts
    )
