"""How a forked process gets the code that a mutant has: in the functions, constants and transitions that are loaded."""

import ast
import gc
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from django_fsm import Transition

from common.queries import NAMED
from mutants.finding import ROOMS


class Cold(Exception):
    """What is loaded can't be changed: a process has to begin with the changed file."""


def loaded_functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """File, name and first line → the functions that are made of that code, wherever they are held."""
    gc.unfreeze()  # what is frozen isn't listed
    found = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType):
            code = thing.__code__
            found[os.path.realpath(code.co_filename), code.co_qualname, code.co_firstlineno].append(thing)
    return found


def swap(functions: Sequence[FunctionType], text: bytes, path: Path) -> None:
    """Give these functions, which are one, the code that they have in `text`."""
    if not functions:
        if _module(path) is not None:
            raise Cold(f"What changes in {path} is done on import, or nobody holds it.")
        return  # not imported so far: it is read from the file
    was = functions[0].__code__
    waiting: list[CodeType] = [compile(text, str(path), "exec")]
    while waiting:
        code = waiting.pop()
        if (code.co_qualname, code.co_firstlineno) == (was.co_qualname, was.co_firstlineno):
            if code.co_freevars != was.co_freevars:
                raise Cold(f"{was.co_qualname} holds other names of what is around it.")  # super() is gone, as a rule
            for function in functions:
                function.__code__ = code
            for query in NAMED.values():
                if query.build in functions:
                    vars(query).pop("compiled", None)  # of the code that was there before
            return
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    raise LookupError(f"{was.co_qualname} isn't in {path} any more.")


def swap_on_import(before: bytes, after: bytes, path: Path) -> None:
    """Change what was done on import: a constant and those made of it, or where a transition may begin."""
    module = _module(path)
    if module is None:
        return  # not imported so far: it is read from the file
    was, now = ast.parse(before).body, ast.parse(after).body
    places = [
        place for place, (one, other) in enumerate(zip(was, now, strict=True)) if ast.dump(one) != ast.dump(other)
    ]
    if len(places) != 1:
        raise Cold(f"{path} changes in {len(places)} places.")
    statement = now[places[0]]
    if isinstance(statement, ast.Assign):
        _swap_constants(module, now[places[0] :])
    elif isinstance(statement, ast.ClassDef):
        _swap_source(getattr(module, statement.name), was[places[0]], statement, vars(module))
    else:
        raise Cold(f"{path} changes in a {type(statement).__name__}.")


def _swap_constants(module: ModuleType, statements: Sequence[ast.stmt]) -> None:
    """The first of them is assigned anew, and whatever is made of it below; and so they are where they are imported."""
    changed: dict[str, object] = {}
    for place, statement in enumerate(statements):
        if isinstance(statement, ast.Assign):
            used = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
            if place == 0 or used & changed.keys():
                names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
                changed |= {name: getattr(module, name) for name in names}
                exec(compile(ast.Module([statement], []), str(module.__file__), "exec"), vars(module))
        elif isinstance(statement, ast.ClassDef) and changed.keys() & {
            node.id for node in ast.walk(statement) if isinstance(node, ast.Name)
        }:
            raise Cold(f"{statement.name} is made of {', '.join(changed)}.")
    for other in list(sys.modules.values()):
        if getattr(other, "__name__", "").partition(".")[0] in ROOMS and other is not module:
            for name, was in changed.items():
                for key in [key for key, value in vars(other).items() if value is was]:
                    setattr(other, key, getattr(module, name))
    for query in NAMED.values():
        vars(query).pop("compiled", None)


def _swap_source(model: type, was: ast.ClassDef, now: ast.ClassDef, names: dict) -> None:
    """The transition begins in any state."""
    pairs = [pair for pair in zip(was.body, now.body, strict=True) if ast.dump(pair[0]) != ast.dump(pair[1])]
    if len(pairs) != 1 or not isinstance(pairs[0][0], ast.FunctionDef):
        raise Cold(f"{was.name} changes beside its methods.")
    one, other = pairs[0]
    meta = getattr(model, one.name)._django_fsm
    for before, after in zip(one.decorator_list, other.decorator_list, strict=True):
        if ast.dump(before) != ast.dump(after):
            said = next(keyword.value for keyword in before.keywords if keyword.arg == "source")
            sources = eval(compile(ast.Expression(said), "source", "eval"), dict(names))
            sources = sources if isinstance(sources, list | tuple | set) else [sources]
            begun: list[Transition] = [meta.transitions.pop(source) for source in sources]
            begun[0].source = "*"
            meta.transitions["*"] = begun[0]


def _module(path: Path) -> ModuleType | None:
    return next((found for found in sys.modules.values() if getattr(found, "__file__", None) == str(path)), None)
