"""Make docs/events.md: every event that can happen, as the rooms declare it.

scripts/events_table.py           write it
scripts/events_table.py --check   exit 1 when it is stale
"""

import os
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "events.md"
HEAD = """# Events

Made by `scripts/events_table.py` from each room's `events.py`; don't edit. These names are what the timeline, the
statistics and the API (`GET /api/v1/event-types/`) know. Every event has a store (or none, when it is the platform's
own), an instant, a subject, a topic (the case in whose history it stands), the states before and after, an actor, the
rule that it rests on, and the data below.
"""
COLUMNS = ["event", "title", "标题", "tone", "data"]


def render() -> str:
    """The whole page."""
    from common.events import event_types

    by_subject = defaultdict(list)
    for event in event_types():
        by_subject[event.subject].append(event)
    parts = [HEAD.rstrip()]
    for subject in sorted(by_subject):
        rows = [_row(COLUMNS), _row(["---"] * len(COLUMNS)), *map(_line, by_subject[subject])]
        parts.append("\n".join([f"## {subject}", "", *rows]))
    return "\n\n".join(parts) + "\n"


def _line(event) -> str:
    data = "<br>".join(f"`{key}`: {fact.shape}" for key, fact in event.facts.items())
    return _row([f"`{event.name}`", _title(event, "en"), _title(event, "zh-hans"), event.tone, data])


def _title(event, language: str) -> str:
    from django.utils.translation import override

    with override(language):
        return str(event.title)


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
