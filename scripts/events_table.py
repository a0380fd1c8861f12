"""Make docs/events.md: every event that can happen, as the rooms declare it.

scripts/events_table.py           write it
scripts/events_table.py --check   exit 1 when it is stale
"""

import ast
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "events.md"
HEAD = """# Events

Made by `scripts/events_table.py` from each room's `events.py`; don't edit. These names are what the timeline, the
statistics and the API (`GET /api/v1/event-types/`) know. Every event has a store (or none, when it is the platform's
own), an instant, a subject, a topic (in whose history it stands), the states before and after, an actor, the
rule that it rests on, and the data below. *Recorded in* is the code that names it. Each is shown in the history of its
topic; where *page* says so, on the page *What changed* too, under that heading.

An endpoint is sent, and `GET events/` lists as `data`:

```json
{message}
```
"""
COLUMNS = ["event", "title", "标题", "meaning", "含义", "tone", "page", "recorded in", "data", "example"]


def render() -> str:
    """The whole page."""
    from common.events import event_types
    from refunds.events import REFUND_REQUESTED
    from webhooks.telling import example_of

    by_subject, recorded = defaultdict(list), recorded_in()
    for event in event_types():
        by_subject[event.subject].append(event)
    message = json.dumps(example_of(REFUND_REQUESTED), ensure_ascii=False, indent=2)
    parts = [HEAD.replace("{message}", message).rstrip()]
    for subject in sorted(by_subject):
        lines = [_line(event, sorted(recorded[event.name])) for event in by_subject[subject]]
        parts.append("\n".join([f"## {subject}", "", _row(COLUMNS), _row(["---"] * len(COLUMNS)), *lines]))
    return "\n\n".join(parts) + "\n"


def recorded_in() -> dict[str, set[str]]:
    """Event → where the rooms' code names it to record it: functions, or files whose constants hold it."""
    from django.apps import apps

    found = defaultdict(set)
    constants = _constants()
    for room in apps.get_app_configs():
        for path in sorted(Path(room.path).rglob("*.py")) if Path(room.path).parent == ROOT else ():
            if not {"events", "migrations", "demo", "workbench"} & {*path.relative_to(ROOT).parts, path.stem}:
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                for place, name in _namings(ast.parse(path.read_text()), module, constants):
                    for event in constants[name]:
                        found[event].add(place)
    return found


def _constants() -> dict[str, set[str]]:
    """Name of a constant of some room's `events.py` → the events that it is or holds."""
    from common.events import EventType

    found = defaultdict(set)
    own = [name for name in sys.modules if "events" in name.split(".")]
    for module in [sys.modules[name] for name in own]:
        for name, value in vars(module).items():
            if name.startswith("_"):  # the catalogue itself
                continue
            held = value.values() if isinstance(value, dict) else [value]
            found[name] |= {each.name for each in held if isinstance(each, EventType)}
    return {name: events for name, events in found.items() if events}


def _namings(tree: ast.AST, module: str, constants) -> Iterator[tuple[str, str]]:
    """(function or file, constant) for every name that isn't read from a text, as in a query."""
    read = {id(part) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for part in ast.walk(text)}
    read |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    places = [(tree, module)]
    places += [(node, f"{module}.{node.name}") for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inner = {id(each): place for node, place in places for each in ast.walk(node)}  # the innermost comes last
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in constants and id(node) not in read:
            yield inner[id(node)], node.id


def _line(event, places: list[str]) -> str:
    data = "<br>".join(f"`{key}`: {fact.shape}" for key, fact in event.facts.items())
    code = "<br>".join(f"`{place}`" for place in places)
    words = [_in(language, text) for text in (event.title, event.meaning) for language in ("en", "zh-hans")]
    example = f"`{json.dumps(event.example, ensure_ascii=False)}`"
    return _row([f"`{event.name}`", *words, event.tone, event.area, code, data, example])


def _in(language: str, text) -> str:
    from django.utils.translation import override

    with override(language):
        return str(text)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main(arguments: list[str]) -> int:
    """Write the page, or tell whether it is stale."""
    text = render()
    if "--check" not in arguments:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        print("docs/events.md is stale: run scripts/events_table.py")
        return 1
    print(f"{PAGE.relative_to(ROOT)}: {len(re.findall('^. `', text, re.MULTILINE))} events")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    sys.exit(main(sys.argv[1:]))
