"""docs/events.md is what the rooms declare."""

from common.events import event_types
from scripts import events_table


def test_the_page_is_up_to_date():
    assert events_table.PAGE.read_text() == events_table.render(), "run scripts/events_table.py"


def test_every_event_has_a_line_with_a_title_in_both_languages():
    page = events_table.render()
    for event in event_types():
        [line] = [line for line in page.splitlines() if line.startswith(f"| `{event.name}` |")]
        _, _, english, chinese, _meaning, _said, tone, area, code, _data, _ = line.split(" | ".strip())
        assert english.strip() != chinese.strip() != "", event
        assert (tone.strip(), area.strip()) == (event.tone, event.area)
        assert code.strip(), f"nobody records {event}"
