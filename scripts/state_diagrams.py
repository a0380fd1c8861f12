"""Make docs/states.md: a diagram of every state machine, drawn from the transitions that the models declare.

    scripts/state_diagrams.py           write it
    scripts/state_diagrams.py --check   exit 1 when it is stale

What a refund's deadline brings is read from the code that sets it: `now + rules.<how long>` beside a `DueAction`.
"""

import ast
import inspect
import os
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "states.md"
HEAD = """# States and how they follow each other

Made by `scripts/state_diagrams.py` from the transitions that the models declare; don't edit. An arrow carries the name
of the transition, a note the deadline of a state: how long it is (a number of the marketplace's rule file) and what
happens then.
"""


@dataclass(frozen=True)
class Arrow:
    """One way from a state to another; `method` is the transition that goes it."""

    source: str
    target: str
    method: str


@dataclass(frozen=True)
class Deadline:
    """What `span` (a name in the rule file) without an act brings in a state."""

    state: str
    span: str
    outcome: str


def machines() -> Iterator[tuple[type, object]]:
    """Each model with a state machine and its field, by room and name."""
    from django.apps import apps
    from django_fsm import FSMFieldMixin

    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        for field in model._meta.concrete_fields:
            if isinstance(field, FSMFieldMixin):
                yield model, field


def arrows(model: type, field) -> list[Arrow]:
    """Every declared way, in the order of the states; what leads from any state to any is named beside the drawing."""
    states = [str(value) for value, _label in field.choices]
    found = set()
    for transition in field.get_all_transitions(model):
        if _leads_anywhere(transition, states):
            continue
        for source in _sources(str(transition.source), transition, states):
            found |= {Arrow(source, target, transition.name) for target in _targets(transition, source)}
    return sorted(found, key=lambda arrow: (states.index(arrow.source), states.index(arrow.target), arrow.method))


def _leads_anywhere(transition, states: list[str]) -> bool:
    """Whether it goes from any state to any other."""
    return str(transition.source) == "*" and set(_targets(transition, "*")) == set(states)


def _sources(source: str, transition, states: list[str]) -> list[str]:
    """The states that it starts in: `*` is all of them, `+` all but the target."""
    if source == "*":
        return states
    return [state for state in states if state != str(transition.target)] if source == "+" else [source]


def _targets(transition, source: str) -> list[str]:
    """The states that it may lead to; without a target it stays where it is."""
    if transition.target is None:
        return [source]
    allowed = getattr(transition.target, "allowed_states", None)
    return [str(transition.target)] if allowed is None else [str(state) for state in allowed]


def beginnings(field, ways: list[Arrow]) -> list[str]:
    """Where rows begin: the field's default, and states that no way leads to."""
    reached = {arrow.target for arrow in ways}
    begun = [str(field.default)]
    return begun + sorted({arrow.source for arrow in ways} - reached - set(begun))


def deadlines(model: type, field) -> list[Deadline]:
    """What passes with time, read from the transitions and from where the room makes a row of the model."""
    found = set()
    for transition in field.get_all_transitions(model):
        for span, outcome in _limits(_code(model, transition.method)):
            found |= {Deadline(target, span, outcome) for target in _targets(transition, str(transition.source))}
    for call in _calls_of_room(model._meta.app_label):
        if getattr(call.func, "id", "") == model.__name__:
            found |= {Deadline(str(field.default), span, outcome) for span, outcome in _limits([call])}
    return sorted(found, key=lambda deadline: (deadline.state, deadline.span))


def _code(model: type, method) -> Iterator[ast.AST]:
    """Every node of a transition's body, and of the model's own helpers that it calls."""
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method)))):
        yield node
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("self._"):
            yield from _code(model, getattr(model, node.func.attr))


@cache
def _calls_of_room(room: str) -> list[ast.Call]:
    """Every call in the room's code; read once, since each of its models looks through them."""
    trees = [ast.parse(path.read_text()) for path in sorted((ROOT / room).rglob("*.py"))]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _limits(nodes) -> Iterator[tuple[str, str]]:
    """(name of the span, outcome) of each call that names a span of the rules and a DueAction."""
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        attributes = [part for value in given for part in ast.walk(value) if isinstance(part, ast.Attribute)]
        spans = [part.attr for part in attributes if ast.unparse(part.value).split(".")[-1] == "rules"]
        outcomes = [part.attr for part in attributes if ast.unparse(part.value) == "DueAction"]
        spans = [span for span in spans if span.endswith("_within")]
        if spans and outcomes:
            yield spans[0], outcomes[0]


def draw(model: type, field) -> str:
    """One model's section."""
    ways = arrows(model, field)
    lines = [f"## {model._meta.label}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in beginnings(field, ways)]
    lines += [f"    {arrow.source} --> {arrow.target}: {arrow.method}" for arrow in ways]
    left = {arrow.source for arrow in ways if arrow.target != arrow.source}
    ends = dict.fromkeys(arrow.target for arrow in ways if arrow.target not in left)
    lines += [f"    {state} --> [*]" for state in ends]
    for deadline in deadlines(model, field):
        lines.append(f"    note right of {deadline.state}: {_words(deadline)}")
    states = [str(value) for value, _label in field.choices]
    anywhere = {way.name for way in field.get_all_transitions(model) if _leads_anywhere(way, states)}
    lines += ["```", *(f"\n`{name}` leads from any state to any." for name in sorted(anywhere))]
    return "\n".join(lines)


def _words(deadline: Deadline) -> str:
    from refunds.states import DueAction

    return f"after {deadline.span}, {DueAction[deadline.outcome].label}"


def render() -> str:
    """The whole page, in English."""
    from django.utils.translation import override

    with override("en"):
        return "\n\n".join([HEAD.rstrip(), *(draw(model, field) for model, field in machines())]) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or tell whether it is stale."""
    text = render()
    if "--check" not in arguments:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        print("docs/states.md is stale: run scripts/state_diagrams.py")
        return 1
    print(f"{PAGE.relative_to(ROOT)}: {text.count('```mermaid')} state machines")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    sys.exit(main(sys.argv[1:]))
