"""What a mutant is, and those of the code: found by walking its syntax, so that none has to be thought of.

    lock         a row or advisory lock is not taken          skip_locked  a sweep waits for what others hold
    guard        a condition of what is locked or updated       claim        a second insert is an error or a second row
    refusal      a refusal is never made                      condition    a part of its condition is left out
    source       a transition may begin in any state          rounding     the usual rounding instead of the chosen one
    tenant       a store is not asked for                     clock        a sandbox ahead of time is not left out

Those of the tables (mutants.catalogue) are a check, a unique, a reference that names the store, a policy, a trigger.
"""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOMS = (
    "common",
    "stores",
    "orders",
    "payments",
    "refunds",
    "offers",
    "connectors",
    "webhooks",
    "automation",
    "notices",
    "privacy",
    "workbench",
    "operations",
)
NOT_OURS = {"migrations", "fakes", "marketplaces", "locale"}  # made, outside parties, numbers
KINDS = (
    *(
        "lock",
        "guard",
        "claim",
        "check",
        "unique",
        "reference",
        "policy",
        "trigger",
        "rounding",
        "clock",
        "skip_locked",
    ),
    *("refusal", "source", "condition", "tenant"),
)
# Mistakes of a programmer: no client and no race brings them about.
OWN_MISTAKES = {"TypeError", "NotImplementedError", "AssertionError", "ImproperlyConfigured", "CommandError"}
ROUNDING = re.compile(r"^ROUND_(?!HALF_EVEN)[A-Z_]+$")
TENANT = {"store", "store_id", "store__in", "store_id__in"}
KEYS = {"pk", "id", "pk__in", "id__in", "number", "number__in"}
FILTERS = {"filter", "exclude", "get"}
SELECTING = re.compile(r"\b(SELECT|UPDATE|INSERT|DELETE)\b")
# How a statement loses a guard: kind, what is looked for, what stands there instead. It keeps its parameters.
STATEMENTS = (
    ("lock", r"\s*\bFOR (?:NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)\b(?: OF \w+(?:, \w+)*)?(?: SKIP LOCKED)?", ""),
    ("lock", r"\bpg_try_advisory_xact_lock\(", "0 < num_nonnulls("),
    ("lock", r"\bpg_advisory_xact_lock(?:_shared)?\(", "num_nonnulls("),
    ("skip_locked", r" SKIP LOCKED\b", ""),
    ("claim", r"\s*ON CONFLICT \([^)]*\) DO NOTHING", ""),
    ("clock", r"\bAND (?:\w+\.)?clock_ahead = '0'", ""),
    ("tenant", r"\b(?:\w+\.)?store_id = (%\(\w+\)s|%s|\$\d+)", r"\1::bigint IS NOT NULL"),
)


@dataclass(frozen=True)
class Mutant:
    """One guard that can be taken out, under a name that stays the same while other functions change."""

    name: str  # payments/budgets.py::_move::guard::1, or payments_budget::constraint::budget_once_per_store
    kind: str
    print: str  # of the function or definition that it is in: another one must be tried again
    says: str  # what is taken out, in one line
    file: str = ""
    function: str = ""
    span: tuple[int, int] = (0, 0)  # bytes of the file
    text: bytes = b""  # what stands there instead
    watched: tuple[int, int] = (0, 0)  # the expression that shows whether a test would miss it (mutants.watching)
    on_import: bool = False  # it is done while the file is imported
    statements: tuple[str, ...] = field(default=(), compare=False)  # SQL that takes it out of a database
    put_back: tuple[str, ...] = field(default=(), compare=False)  # … and into it again; none where that isn't all

    @property
    def point(self) -> str:
        """What the measurement calls it: another function's has another name."""
        return f"{self.name}#{self.print}"

    @property
    def room(self) -> str:
        """The room whose guard it is."""
        return re.split(r"[/_]", self.name, maxsplit=1)[0]

    def applied(self, source: bytes) -> bytes:
        """The file without it."""
        return source[: self.span[0]] + self.text + source[self.span[1] :]


def in_code(root: Path) -> list[Mutant]:
    """Every mutant of the rooms' code, in the order of the files."""
    found = []
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if not NOT_OURS & set(path.relative_to(root).parts):
                found += of_file(str(path.relative_to(root)), path.read_bytes())
    return found


def of_file(name: str, source: bytes) -> list[Mutant]:
    """The mutants of one file."""
    walker = _Walker(name, source)
    walker.visit(ast.parse(source))
    return walker.found


class _Walker(ast.NodeVisitor):
    def __init__(self, name: str, source: bytes):
        self.file, self.source = name, source
        self.starts = [0, *(match.end() for match in re.finditer(rb"\n", source))]
        self.found: list[Mutant] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.names: list[str] = []  # classes and functions around
        self.functions: list[ast.AST] = []
        self.in_head = False  # of a function: its decorators and defaults

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.names.append(node.name)
        self.generic_visit(node)
        self.names.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.names.append(node.name)
        self.functions.append(node)
        was, self.in_head = self.in_head, not self.functions[1:]
        for head in (*node.decorator_list, node.args):
            self.visit(head)
        self.in_head = was
        for statement in node.body:
            self.visit(statement)
        self.functions.pop()
        self.names.pop()

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        keywords = {keyword.arg: keyword for keyword in node.keywords}
        if called == "select_for_update":
            self._replace("lock", node, self._text(node.func.value))
            self._guards(node.func.value)
            if "skip_locked" in keywords:
                self._without(node, keywords["skip_locked"], "skip_locked")
        if called == "for_store" and isinstance(node.func, ast.Attribute):
            self._replace("tenant", node, self._text(node.func.value) + b".all()", node.func.value)
        if called in FILTERS:
            for name in TENANT & keywords.keys():
                rows = node.func.value if isinstance(node.func, ast.Attribute) else keywords[name].value
                self._without(node, keywords[name], "tenant", rows)
        if "ignore_conflicts" in keywords:
            self._without(node, keywords["ignore_conflicts"], "claim")
        if called == "transition" and "source" in keywords and self._text(keywords["source"].value) != b'"*"':
            self._replace("source", keywords["source"].value, b'"*"')
        if called == "update" and isinstance(node.func, ast.Attribute):
            self._guards(node.func.value)
        if called == "in_lock_order":
            self._guards(node.args[0])
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "").startswith("refuse_"):
            self._replace("refusal", node, b"pass", node.value.func)
        self._operands(node.value)
        self._visit_value(node)

    def visit_If(self, node: ast.If) -> None:
        last = node.body[-1]
        if self._refuses(last):
            self._replace("refusal", node.test, b"False")
            self._conditions(node.test)
        elif self._is_why and isinstance(last, ast.Return) and _is_none(last.value):
            self._replace("refusal", node.test, b"True")
            self._conditions(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        if self._is_why and (_is_none(node.body) or _is_none(node.orelse)):
            self._replace("refusal", node.test, b"True" if _is_none(node.body) else b"False")
            self._conditions(node.test)
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if self._is_why and isinstance(node.value, ast.Call) and "why" in _called(node.value):
            self._replace("refusal", node.value, b"None")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        if isinstance(node.op, ast.Or):
            self._operands(node)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if ROUNDING.match(node.id):
            self._replace("rounding", node, b'"ROUND_HALF_EVEN"')

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            if ROUNDING.match(node.value):
                self._replace("rounding", node, b'"ROUND_HALF_EVEN"')
            self._statement(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._statement(node)
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                self.visit(value.value)

    def _visit_value(self, node: ast.Expr) -> None:
        """Go on, but for a docstring."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    @property
    def _is_why(self) -> bool:
        return bool(self.functions) and "why" in self.functions[-1].name

    def _refuses(self, node: ast.stmt) -> bool:
        """Whether a branch ends in a no."""
        if isinstance(node, ast.Raise) and node.exc is not None:
            return _called(node.exc) not in OWN_MISTAKES
        if not isinstance(node, ast.Return) or _is_none(node.value):
            return False
        return self._is_why or _called(node.value) in {"Refused", "Invalid", "NotFound", "Busy"}

    def _conditions(self, test: ast.expr) -> None:
        """Each part of a condition, left out alone."""
        for node in ast.walk(test):
            if isinstance(node, ast.BoolOp):
                for value in node.values:
                    self._replace("condition", value, b"True" if isinstance(node.op, ast.And) else b"False")

    def _operands(self, node: ast.expr) -> None:
        """`why_not_this(…) or why_not_that(…)`: each is asked for nothing once."""
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            for value in node.values:
                if isinstance(value, ast.Call) and "why" in _called(value):
                    self._replace("refusal", value, b"None")

    def _guards(self, rows: ast.expr) -> None:
        """Each condition of rows that are updated or locked, but for their keys; also where the rows have a name."""
        named = False
        while True:
            if isinstance(rows, ast.Name) and not named:
                rows, named = self._assigned(rows.id), True
            if not isinstance(rows, ast.Call) or not isinstance(rows.func, ast.Attribute):
                return
            if rows.func.attr in FILTERS:
                for keyword in rows.keywords:
                    if keyword.arg and keyword.arg not in KEYS | TENANT:
                        self._without(rows, keyword, "guard")
            rows = rows.func.value

    def _assigned(self, name: str) -> ast.expr | None:
        """What a name in this function stands for, if that is said once."""
        values = [
            node.value
            for function in self.functions[-1:]
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
        ]
        return values[0] if len(values) == 1 else None

    def _statement(self, node: ast.expr) -> None:
        """What SQL in a string guards."""
        start, end = self._span(node)
        text = self.source[start:end].decode()
        if not SELECTING.search(text):
            return
        for kind, pattern, instead in STATEMENTS:
            for match in re.finditer(pattern, text):
                at = start + len(text[: match.start()].encode())
                self._add(kind, (at, at + len(match[0].encode())), match.expand(instead).encode(), node)

    def _without(self, call: ast.Call, keyword: ast.keyword, kind: str, watched: ast.AST | None = None) -> None:
        """The call without one of its keywords, and without the comma behind it."""
        start, end = self._span(keyword)
        comma = re.compile(rb"\s*,\s*").match(self.source, end)
        self._add(kind, (start, comma.end() if comma else end), b"", watched or keyword.value)

    def _replace(self, kind: str, node: ast.AST, text: bytes, watched: ast.AST | None = None) -> None:
        self._add(kind, self._span(node), text, watched or node)

    def _add(self, kind: str, span: tuple[int, int], text: bytes, watched: ast.AST) -> None:
        where = self.functions[0] if self.functions else watched
        function = ".".join(self.names) or "(file)"
        self.counts[function, kind] += 1
        removed = " ".join(self.source[span[0] : span[1]].decode().split())
        self.found.append(
            Mutant(
                name=f"{self.file}::{function}::{kind}::{self.counts[function, kind]}",
                kind=kind,
                print=hashlib.sha256(ast.dump(where).encode()).hexdigest()[:12],
                says=removed if not text else f"{removed} → {' '.join(text.decode().split())}",
                file=self.file,
                function=function,
                span=span,
                text=text,
                watched=self._span(watched),
                on_import=self.in_head or not self.functions,
            )
        )

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.AST) -> bytes:
        start, end = self._span(node)
        return self.source[start:end]


def _called(node: ast.AST | None) -> str:
    """The last name of what is called or raised."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_none(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def functions_of(source: bytes) -> Iterator[tuple[str, int, int]]:
    """Each function of a file, outer ones only: its name, its first line (that of its decorators) and its last."""

    def walk(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)])
                yield ".".join((*names, child.name)), first, child.end_lineno
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, (*names, child.name))
            elif isinstance(child, ast.If | ast.Try | ast.With):
                yield from walk(child, names)

    yield from walk(ast.parse(source), ())
