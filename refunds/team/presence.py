"""Who looks at a refund right now: a hint between colleagues, kept in the hint server, and forgotten by itself."""

from functools import partial
from uuid import UUID

from common.hint_server import client, hint_server

ASK_EVERY_S = 30  # how often an open page says that it is still looked at
FORGOTTEN_AFTER_S = 75  # two of these may be lost


def appear(*, refund_id: UUID, user_id: int, name: str) -> list[str]:
    """Say that the user looks at the refund; the names of the others who do. Nobody while the server is down."""
    return hint_server.ask(partial(_look, f"looking:{refund_id}", str(user_id), name), instead=[])


def disappear(*, refund_id: UUID, user_id: int) -> None:
    """The user looks at it no more."""
    hint_server.ask(lambda: client().zrem(f"looking:{refund_id}:seen", str(user_id)), instead=0)


def _look(key: str, user_id: str, name: str) -> list[str]:
    """The times are the server's: whoever's clock is wrong stays no longer than others."""
    now = client().time()[0]
    pipe = client().pipeline()
    pipe.zremrangebyscore(f"{key}:seen", 0, now - FORGOTTEN_AFTER_S)
    pipe.zadd(f"{key}:seen", {user_id: now})
    pipe.hset(f"{key}:names", user_id, name)
    pipe.expire(f"{key}:seen", FORGOTTEN_AFTER_S)
    pipe.expire(f"{key}:names", FORGOTTEN_AFTER_S)
    pipe.zrange(f"{key}:seen", 0, -1)
    pipe.hgetall(f"{key}:names")
    *_done, seen, names = pipe.execute()
    found = {_text(key): _text(value) for key, value in names.items()}
    return sorted(found[other] for other in map(_text, seen) if other != user_id and other in found)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
