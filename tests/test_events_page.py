"""docs/events.md is what the rooms declare."""

import json

import pytest

from common.events import event_types
from common.facts import worded
from scripts import events_table
from tests.cases import for_each
from tests.shapes import misshapen
from tests.tenancy.things import make_delivery, make_endpoint
from tests.world import make_shop
from webhooks.delivering import message_of
from webhooks.telling import example_of

SENTENCE = worded("").shape  # kept as code and data, told as text


def test_the_page_is_up_to_date():
    assert events_table.PAGE.read_text() == events_table.render(), "run scripts/events_table.py"


def test_every_event_has_a_line_with_a_title_in_both_languages():
    page = events_table.render()
    for event in event_types():
        [line] = [line for line in page.splitlines() if line.startswith(f"| `{event.name}` |")]
        _, _, english, chinese, _meaning, _said, tone, area, code, _data, _example, _ = line.split(" | ".strip())
        assert english.strip() != chinese.strip() != "", event
        assert (tone.strip(), area.strip()) == (event.tone, event.area)
        assert code.strip(), f"nobody records {event}"


@for_each("event", event_types(), ids=str)
def test_its_example_has_the_shapes_that_are_told_of_it(event):
    kept = {key: value for key, value in event.example.items() if not event.facts[key].shape.startswith(SENTENCE)}
    assert misshapen(event, kept) == []
    event.check(FakeSubject(event.subject), event.example)


class FakeSubject:
    """A row of a model of this name."""

    def __init__(self, model_name):
        self._meta = type("Meta", (), {"model_name": model_name})


def paths(value, at=""):
    """Where there is anything in it, but for what an event's own data holds."""
    if not isinstance(value, dict) or at == ".data.data":
        return {at}
    return set().union(*(paths(inner, f"{at}.{key}") for key, inner in value.items()))


@pytest.mark.django_db
def test_an_example_is_built_as_what_is_sent(clock):
    shop = make_shop("taote")
    delivery = make_delivery(shop, make_endpoint(shop))
    with shop.scope():
        sent = json.loads(message_of(delivery.endpoint, delivery))
    [event] = [event for event in event_types() if event.name == sent["type"]]
    assert paths(sent) == paths(example_of(event))
