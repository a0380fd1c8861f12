"""Reading a body: so many bytes, in so much time, in memory only while it is small."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import IO

KB, MB = 2**10, 2**20
IN_MEMORY = 256 * KB

# The most that a path takes, by how it begins. Whoever comes without a key or a session sends short forms and notices.
MOST_BYTES = {
    "/gateways/": 64 * KB,
    "/i18n/": 64 * KB,
    "/live/": 64 * KB,
    "/admin/login/": 64 * KB,
    "/api/": 32 * MB,
    "/admin/": 32 * MB,
    "/b/": 32 * MB,  # a buyer's photographs and films
}
MOST_ELSEWHERE = 64 * KB

IDLE_S = 15.0  # without a byte
LONGEST_S = 300.0
BYTES_A_SECOND = 20 * KB  # who is slower than that has as long as this many bytes take, and a start


class TooLarge(Exception):
    """The body is larger than its path takes."""


class TooSlow(Exception):
    """The body didn't arrive in time."""


def most_bytes(path: str) -> int:
    """How large a body may be that is sent to this path."""
    return next((most for prefix, most in MOST_BYTES.items() if path.startswith(prefix)), MOST_ELSEWHERE)


async def read_body(chunks: AsyncIterator[bytes], *, announced: int | None, most: int) -> tuple[IO[bytes], int]:
    """The body as a file at its beginning, and its length.

    TooLarge, before anything is read if it says so, or TooSlow.
    """
    if announced is not None and announced > most:
        raise TooLarge
    expected = most if announced is None else announced
    ends_at = asyncio.get_running_loop().time() + min(LONGEST_S, IDLE_S + expected / BYTES_A_SECOND)
    body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  its reader closes it
    length = 0
    try:
        async with asyncio.timeout_at(ends_at):
            while chunk := await _next(chunks):
                length += len(chunk)
                if length > most:
                    raise TooLarge
                body.write(chunk)
    except TimeoutError:
        body.close()
        raise TooSlow from None
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, length


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    """What comes next; nothing at the end. granian's awaitables can't be given to `anext` with a default."""
    try:
        async with asyncio.timeout(IDLE_S):
            return await chunks.__anext__()
    except StopAsyncIteration:
        return b""
