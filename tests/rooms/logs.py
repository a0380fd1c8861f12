"""What goes to the console in production, read by a test that has marked what nobody may read there."""

import json
import logging
from io import StringIO

import pytest
import structlog

from config.logs import formatter

NAME, PHONE = "欧阳小明", "13912345678"
MARK = NAME + PHONE
OF_THINGS = ("王小明", "文三路", "13800000000")  # what the things of tests say of people
LOGGERS = ("wanliu", "django", "celery")


class Written:
    """The lines so far."""

    def __init__(self, stream: StringIO) -> None:
        self._stream = stream

    def __call__(self, *secrets: str) -> list[dict]:
        """Each line as an object. None of them holds the mark, nor another of these."""
        text = self._stream.getvalue()
        lines = [json.loads(line) for line in text.splitlines()]
        assert [each for each in (NAME, PHONE, *OF_THINGS, *secrets) if each in text or each in str(lines)] == []
        return lines

    def forget(self) -> None:
        """From here on."""
        self._stream.seek(0)
        self._stream.truncate()

    def told(self, *secrets: str) -> str:
        """Everything that the lines say, to look for what they must."""
        return "\n".join(f"{line['logger']} {line['event']}" for line in self(*secrets))


@pytest.fixture
def written(monkeypatch):
    """What is logged meanwhile."""
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    structlog.contextvars.clear_contextvars()  # a test before this one may have made a call
    stream = StringIO()
    monkeypatch.setattr(console, "stream", stream)
    monkeypatch.setattr(console, "formatter", formatter("json"))
    return Written(stream)


@pytest.fixture
def talkative(monkeypatch):
    """As much as people may switch on."""
    for name in LOGGERS:
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    logging.root.manager._clear_cache()  # of who is enabled for what
    yield
    monkeypatch.undo()
    logging.root.manager._clear_cache()
