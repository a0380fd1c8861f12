"""Guards that are taken out, one at a time, to see the model notice: `make prove GUARDS=1` (docs/reliability.md).

`mutants/` takes every guard out and lets the tests of its line look; here it is the histories that have to. What they
can't see isn't listed: that only what was paid comes back (`reverse_payments`) matters when a gateway tells it twice
under two names, and the sandbox's name for it is always the same; that goods go back once (`why_not_hold_pieces`) is
asked before, too, of the pieces that a request may still name.
"""

import ast
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

from common.queries import NAMED

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Guard:
    """Something in a function (or a constant) of a file, and what stands there without it.

    `situations` has the history in which it matters.
    """

    what: str
    file: str
    name: str
    stands: str
    instead: str


_LOCKED = '.select_for_update(of=("order", "self"), no_key=True)'
_LOCKED_OFFER = '.select_for_update(of=("refund__order", "refund", "self"), no_key=True)'
_LEFT = "    WHERE a.used + excluded.used <= excluded.limit\n"
_AGAIN = "IdempotentAnswer(store_id=store_id, owner=owner, key=key, fingerprint=print_)"
GUARDS = (
    Guard("a refund is locked", "refunds/actions.py", "_locked_refund", _LOCKED, ""),
    Guard("an offer is locked", "offers/actions.py", "_locked_offer", _LOCKED_OFFER, ""),
    Guard("an order is locked", "orders/actions.py", "_locked_order", ".select_for_update(no_key=True)", ""),
    Guard("a budget is locked", "payments/budgets.py", "lock_budget", ".select_for_update(no_key=True)", ""),
    Guard("a budget has enough", "payments/budgets.py", "draw_on_budget", "budget.available < amount", "False"),
    Guard("no more than is left", "orders/holds.py", "why_not_take", "amount <= most", "True"),
    Guard("a day's limit is counted", "payments/allowances.py", "_DRAW", _LEFT, ""),
    Guard("three small payments", "payments/small.py", "why_not_pay", "not allowance.order_left", "False"),
    Guard("365 days", "payments/small.py", "why_not_pay", "now >= allowance.usable_until", "False"),
    Guard(
        "a key's first answer is kept",
        "common/idempotency.py",
        "take_key",
        "return kept",
        f"return {_AGAIN}",
    ),
    Guard(
        "over at the deadline itself",
        "offers/models/offers.py",
        "Offer.is_pending",
        "now < self",
        "now <= self",
    ),
    Guard("a coupon is left", "offers/models/coupons.py", "Coupon.is_available", "self.left > 0", "True"),
    Guard("a promise is kept once", "orders/why_not.py", "why_not_ship_parcel", "== ParcelStatus.OWED", "!= ''"),
    Guard("one appeal", "refunds/platform/appeals.py", "why_not_appeal", ".exists()", ".none()"),
    Guard(
        "nothing is paid back before it was paid",
        "refunds/platform/appeals.py",
        "why_not_uphold",
        "appeal.refund.status == RefundStatus.REFUNDED",
        "True",
    ),
    Guard(
        "no more arrives than was announced",
        "refunds/arrivals.py",
        "count_arrivals",
        "count > announced[goods]",
        "False",
    ),
    Guard(
        "what was paid isn't paid again",
        "refunds/payouts.py",
        "pay_again",
        "refuse_if(why_not_pay_again(refund, payments))",
        "pass",
    ),
)


@contextmanager
def without(guard: Guard) -> Iterator[None]:
    """The loaded code has no such guard inside of this."""
    path = ROOT / guard.file
    source = path.read_text()
    part = _part(source, guard.name)
    assert guard.stands in part, f"{guard.file} has no “{guard.stands}” in {guard.name} any more"
    changed = source.replace(part, part.replace(guard.stands, guard.instead, 1))
    if guard.name.lstrip("_").isupper():
        with _constant(path, guard.name, changed):
            yield
        return
    gc.unfreeze()  # what is frozen isn't listed
    functions = [
        thing
        for thing in gc.get_objects()
        if type(thing) is FunctionType  # what is lazy is loaded by being asked for its class
        and thing.__code__.co_filename == str(path)
        and thing.__code__.co_qualname == guard.name
    ]
    assert functions, f"nobody holds {guard.name} of {guard.file}"
    before, after = functions[0].__code__, _code(compile(changed, str(path), "exec"), guard.name)
    _give(functions, after)
    try:
        yield
    finally:
        _give(functions, before)


def _part(source: str, name: str) -> str:
    """The text of a function, by its dotted name, or of a constant."""
    nodes: list[ast.AST] = [ast.parse(source)]
    for step in name.split("."):
        nodes = [each for node in nodes for each in node.body if step in _names(each)]
    return ast.get_source_segment(source, nodes[0]) or ""


def _names(node: ast.AST) -> list[str]:
    targets = getattr(node, "targets", [])
    return [getattr(node, "name", ""), *(getattr(target, "id", "") for target in targets)]


@contextmanager
def _constant(path: Path, name: str, changed: str) -> Iterator[None]:
    [module] = [each for each in sys.modules.values() if getattr(each, "__file__", None) == str(path)]
    before = getattr(module, name)
    setattr(module, name, ast.literal_eval(_part(changed, name).partition("=")[2].strip()))
    try:
        yield
    finally:
        setattr(module, name, before)


def _code(code: CodeType, name: str) -> CodeType:
    waiting = [code]
    while waiting:
        each = waiting.pop()
        if each.co_qualname == name:
            return each
        waiting += [constant for constant in each.co_consts if isinstance(constant, CodeType)]
    raise LookupError(name)


def _give(functions: list[FunctionType], code: CodeType) -> None:
    for function in functions:
        function.__code__ = code
    for query in NAMED.values():
        if query.build in functions:
            vars(query).pop("compiled", None)
