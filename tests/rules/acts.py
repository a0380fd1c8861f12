"""Reads the code: which functions are acts, what they are told, and whether an event is among what they call.

Calls are followed by name through the project's own functions: those of the same file, imported ones, functions
of imported modules, and methods, of which any of that name in the caller's room counts (but for the API's
views, which call acts).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TOLD = {"actor", "now"}


@dataclass
class Module:
    """A file of the project: its functions by name, its methods by name, and where its imported names come from."""

    name: str
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    methods: dict[str, list[ast.FunctionDef]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)

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
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef):
                    module.methods.setdefault(each.name, []).append(each)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or package
            module.imports.update({each.asname or each.name: f"{source}.{each.name}" for each in node.names})
        elif isinstance(node, ast.Import):
            module.imports.update({each.asname or each.name: each.name for each in node.names})
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            module.functions[node.name] = node
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
                waiting.extend(self._called(self.modules[current.module], node.func))
        return False

    def _called(self, module: Module, called: ast.expr) -> Iterator[Function]:
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
