"""Make docs/rules.md: every rule of docs/rules.toml with the code that names it and the tests that prove it.

    scripts/rules_table.py           write it
    scripts/rules_table.py --check   exit 1 when it is stale or a rule lacks its test

Code is every file of the rooms in which the rule's id stands. Tests are read, not run: whatever is marked
`@pytest.mark.rule("T5")`, on a function, a class or by `pytestmark`.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "docs" / "rules.toml"
TABLE = ROOT / "docs" / "rules.md"
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
NAMED = re.compile(r"\b([QTKRP])(\d{1,2})(?:–\1?(\d{1,2}))?\b")
HEAD = """# Rules and the tests that prove them

Made by `scripts/rules_table.py` from `docs/rules.toml`, the code and the tests; don't edit. Rules without tests
are not built yet.
"""


@dataclass(frozen=True)
class Rule:
    """`id` is such as T5; a rule that is `built` needs a test."""

    id: str
    text: str
    group: str
    built: bool


def load_rules() -> dict[str, Rule]:
    """Every rule by id, in the catalogue's order."""
    catalogue = tomllib.loads(CATALOGUE.read_text())
    built = set(catalogue.pop("built"))
    rules = {}
    for letter, group in catalogue.items():
        for number, text in group.items():
            if number != "title":
                rule_id = f"{letter}{number}"
                rules[rule_id] = Rule(rule_id, text, group["title"], rule_id in built)
    if unknown := built - set(rules):
        raise SystemExit(f"docs/rules.toml: built, but not in the catalogue: {', '.join(sorted(unknown))}")
    return rules


def marked_tests() -> dict[str, list[str]]:
    """Rule id → `tests/….py::name` of each test that is marked with it."""
    found = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(), str(path))
        for name, ids in _marked(tree.body, list(_of_module(tree))):
            for rule_id in ids:
                found[rule_id].append(f"{path.relative_to(ROOT)}::{name}")
    return found


def naming_files() -> dict[str, list[str]]:
    """Rule id → the files of the rooms that name it; `R2–R8` names all of them."""
    found = defaultdict(list)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                for rule_id in _named(path.read_text()):
                    found[rule_id].append(str(path.relative_to(ROOT)))
    return found


def _named(text: str) -> set[str]:
    found = set()
    for letter, first, last in NAMED.findall(text):
        found |= {f"{letter}{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def _marked(body: list[ast.stmt], outer: list[str], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _marked(node.body, outer + _ids(node.decorator_list), f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            ids = dict.fromkeys(outer + _ids(node.decorator_list))
            yield f"{prefix}{node.name}", list(ids)


def _of_module(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "pytestmark" for target in node.targets):
            yield from _ids(node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value])


def _ids(marks: list[ast.expr]) -> list[str]:
    """The arguments of every `pytest.mark.rule(…)` among these."""
    rules = [mark for mark in marks if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.rule"]
    return [ast.literal_eval(argument) for mark in rules for argument in mark.args]


def problems(rules: dict[str, Rule], tests: dict[str, list[str]]) -> list[str]:
    """What is wrong with the marks, one line each."""
    unknown = [f"{rule_id} is no rule, but {tests[rule_id][0]} names it" for rule_id in tests if rule_id not in rules]
    bare = [
        f"{rule.id} is built, but no test is marked with it"
        for rule in rules.values()
        if rule.built and not tests.get(rule.id)
    ]
    return unknown + bare


def render(rules: dict[str, Rule], tests: dict[str, list[str]]) -> str:
    """The whole table."""
    lines, group, code = [HEAD.rstrip()], None, naming_files()
    for rule in rules.values():
        if rule.group != group:
            group = rule.group
            lines += ["", f"## {group}", "", "| rule | what it says | code | tests |", "|---|---|---|---|"]
        files = "<br>".join(f"[{file}](../{file})" for file in code.get(rule.id, []))
        proofs = "<br>".join(f"`{test}`" for test in tests.get(rule.id, []))
        lines.append(f"| {rule.id} | {rule.text} | {files} | {proofs} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    rules, tests = load_rules(), marked_tests()
    wrong = problems(rules, tests)
    text = render(rules, tests)
    if "--check" not in arguments:
        TABLE.write_text(text)
    elif not TABLE.exists() or TABLE.read_text() != text:
        wrong.append("docs/rules.md is stale: run scripts/rules_table.py")
    print("\n".join(wrong) or f"{TABLE.relative_to(ROOT)}: {len(rules)} rules, {len(tests)} with tests")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
