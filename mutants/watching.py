"""Which tests would miss which guard: the rooms' code is loaded with every guard watched, and each test is run once.

A condition is watched where it decides: a test would miss it only when it once had the other value than the one that
the mutant puts there. Of a store's filter only a test can miss something in which it was asked where rows of other
stores are to be seen: everywhere else the table's policy shows none. Of the rest (locks, guarded updates) it is known
whether a test comes by. Functions are watched, too: whoever enters fewer of them is the narrower test.
"""

import ast
import builtins
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from typing import Any

from mutants.finding import ROOMS, Mutant, functions_of, of_file
from mutants.tree import ROOT

POINTS: list[str] = []  # their names, in the order of their numbers
missed: set[int] = set()  # those that the test which is running would miss
passed: set[int] = set()  # those that were passed at all


def passes(point: int, value: Any) -> Any:
    """It is reached, and that is all that can be said."""
    passed.add(point)
    missed.add(point)
    return value


def holds(point: int, value: Any) -> Any:
    """It would be missed where the value is a yes."""
    passed.add(point)
    if value:
        missed.add(point)
    return value


def fails(point: int, value: Any) -> Any:
    """It would be missed where the value is a no."""
    passed.add(point)
    if not value:
        missed.add(point)
    return value


def refuses(point: int, function: Callable) -> Callable:
    """It would be missed where the call raises."""
    passed.add(point)

    def watched(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except BaseException:
            missed.add(point)
            raise

    return watched


def divides(point: int, value: Any) -> Any:
    """It would be missed where rows of other stores are to be seen, too."""
    passed.add(point)
    tenancy = sys.modules["common.tenancy"]
    model = getattr(value, "model", None)
    has_policy = model is None or (isinstance(model, type) and issubclass(model, tenancy.TenantModel))
    if not has_policy or tenancy.one_store() is None:
        missed.add(point)
    return value


def watcher(mutant: Mutant) -> str:
    """The name of the function that watches this one."""
    if mutant.kind == "tenant":
        return divides.__name__
    named = {b"False": holds, b"None": holds, b"True": fails, b"pass": refuses}
    return named.get(mutant.text, passes).__name__


def watched(name: str, source: bytes) -> bytes:
    """The file with a call around each expression that is watched."""
    inserted: list[tuple[tuple, bytes]] = []
    for mutant in of_file(name, source):
        if not mutant.on_import:
            start, end = mutant.watched
            inserted.append(((start, 1, -end), b"_watch_%s(%d, " % (watcher(mutant).encode(), _number(mutant.point))))
            inserted.append(((end, 0, -start), b")"))
    for function, (start, end), is_expression in _entries(source):
        call = b"_watch_passes(%d, " % _number(f"{name}::{function}")
        inserted.append(((start, 1, -end - 1), call if is_expression else call + b"None); "))
        if is_expression:
            inserted.append(((end, 0, -start + 1), b")"))
    text, last = b"", 0
    for (at, *_), piece in sorted(inserted, key=lambda found: found[0]):
        text += source[last:at] + piece
        last = at
    return text + source[last:]


def _number(point: str) -> int:
    POINTS.append(point)
    return len(POINTS) - 1


def _entries(source: bytes) -> Iterator[tuple[str, tuple[int, int], bool]]:
    """Each outer function: its name, and where it is watched; whether around an expression or before a statement.

    On no line of its own: whoever reads the source of what is loaded has to find it.
    """
    starts = [0, *(match.end() for match in re.finditer(rb"\n", source))]
    bodies = {
        (node.end_lineno, node.name): node.body
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for name, _first, last in functions_of(source):
        node = _first_done(bodies[last, name.rpartition(".")[2]])
        if node is not None:
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            yield name, (start, end), isinstance(node, ast.expr)


def _first_done(body: Sequence[ast.stmt]) -> ast.expr | ast.stmt | None:
    """What is done first: a simple statement, or what a compound one asks."""
    for node in body:
        match node:
            case ast.If(test=asked) | ast.While(test=asked) | ast.For(iter=asked) | ast.Match(subject=asked):
                return asked
            case ast.With(items=[first, *_]):
                return first.context_expr
            case ast.Try(body=inner):
                return _first_done(inner)
            case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef() | ast.Global() | ast.Nonlocal():
                continue
            case ast.Expr(value=ast.Constant()) | ast.AsyncFor() | ast.AsyncWith():
                continue
        return node
    return None


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> Any:
        path = Path(self.get_filename(fullname)).resolve()
        text = watched(str(path.relative_to(ROOT)), path.read_bytes())
        return compile(text, str(path), "exec", dont_inherit=True)


class Watching(MetaPathFinder):
    """Loads the rooms' code as it is watched."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> Any:
        """That of Python's own finder, with another loader."""
        if fullname.partition(".")[0] not in ROOMS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def begin() -> None:
    """From now on the rooms' code is loaded with its guards watched."""
    for function in (passes, holds, fails, refuses, divides):
        setattr(builtins, f"_watch_{function.__name__}", function)
    sys.meta_path.insert(0, Watching())
