"""Why something can't be done is said by one function of its room.

Actions raise what it found, and nothing of their own.
"""

import ast

from tests.cases import for_each
from tests.test_architecture import IN_ROOMS, name

# Where a refusal is raised on the spot, and why no function could be asked before.
ON_THE_SPOT = {
    "common/idempotency.py": "the database has found the key in use",
    "payments/small.py": "the guarded update has found the day's allowance spent by another",
    "orders/actions.py": "the database has found a refund that still tells of the lines",
    "orders/delays/actions.py": "joins what the function said of each order",
    "orders/erp/running.py": "the file, read anew by the worker, has other rows than were shown",
    "refunds/handing_over.py": "nobody keeps the decision: the shop was disconnected after the question",
    "operations/api.py": "the database has found another call that moves the clock",
    "connectors/connecting.py": "what the platform said to a try; the database has found another store's shop",
    "connectors/linking.py": "a link unsigned, or that no connection keeps; what the platform said of its code",
    "common/sealing.py": "no key, or none that opens it: only the attempt tells",
    "workbench/connections/link.py": "what the marketplace sent the browser back with",
}
REFUSALS = {"Refused", "ManyRefused"}


def raised(tree: ast.AST, makers: set[str]) -> list[int]:
    """The lines on which a refusal is made, or fetched from one of the `makers`, and raised at once."""
    found = []
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            found += [node.lineno] if call.func.id in REFUSALS | makers else []
        elif isinstance(call, ast.Name) and call.id in _refusals_in_hand(tree):
            found.append(node.lineno)
    return found


def makers_in(tree: ast.AST) -> set[str]:
    """The functions that give a refusal whatever happens."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {node.name for node in functions if isinstance(node.returns, ast.Name) and node.returns.id in REFUSALS}


def _refusals_in_hand(tree: ast.AST) -> set[str]:
    """Names that a refusal was given to in order to raise it later."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if isinstance(node.value.func, ast.Name) and node.value.func.id in REFUSALS
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def test_actions_raise_only_what_a_function_has_found():
    trees = {name(path): ast.parse(path.read_text()) for path in IN_ROOMS}
    makers = set().union(*(makers_in(tree) for tree in trees.values()))
    assert {file for file, tree in trees.items() if raised(tree, makers)} == set(ON_THE_SPOT)


def test_functions_that_are_asked_answer_alike():
    """`why_not_…` gives a refusal or nothing, whatever room it is in."""
    odd = [
        f"{name(path)}: {node.name}"
        for path in IN_ROOMS
        if "/templatetags/" not in name(path)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("why_not_")
        if ast.unparse(node.returns or ast.Constant(None)) != "Refused | None"
    ]
    assert odd == []


@for_each(
    ("code", "found"),
    [
        ("raise Refused('code', 'text')", [1]),
        ("raise ManyRefused(refusals)", [1]),
        ("late = Refused('code', 'text')\nraise late", [2]),
        ("def spent() -> Refused:\n    return Refused('code', 'text')\nraise spent()", [3]),
        ("refuse_if(why_not_ship(order))", []),
        ("raise NotFound", []),
    ],
)
def test_a_refusal_raised_on_the_spot_is_found(code, found):
    tree = ast.parse(code)
    assert raised(tree, makers_in(tree)) == found
