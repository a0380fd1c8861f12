"""A body that stands still ends soon, however much of it was announced."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from config.front import body
from config.front.body import MB, TooSlow, read_body


async def stands_still() -> AsyncIterator[bytes]:
    """A client that sends one byte and then nothing."""
    yield b"x"
    await asyncio.Event().wait()


def test_a_large_body_that_stands_still_ends_after_the_longest_pause(monkeypatch):
    monkeypatch.setattr(body, "IDLE_S", 0.05)
    reading = read_body(stands_still(), announced=20 * MB, most=32 * MB)
    with pytest.raises(TooSlow):
        asyncio.run(asyncio.wait_for(reading, 5))
