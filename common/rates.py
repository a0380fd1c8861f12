"""How often something may be done: a counter that ends with its window, in one round trip."""

from functools import partial

from common.hint_server import client, hint_server


def over_rate(key: str, *, most: int, window_s: int, uses: int = 1) -> int:
    """Count so many uses of `key`; 0 when it is within `most` per window, else the seconds until it counts anew.

    A server that is down lets everything pass: it holds hints, not the truth.
    """
    count, left = hint_server.ask(partial(_count, f"rate:{key}", window_s, uses), instead=(0, 0))
    return max(1, left) if count > most else 0


def _count(name: str, window_s: int, uses: int) -> tuple[int, int]:
    """Uses within the running window, these included, and the seconds that are left of it."""
    counting = client().pipeline(transaction=False)
    counting.set(name, 0, ex=window_s, nx=True).incr(name, uses).ttl(name)
    _, count, left = counting.execute()
    return count, left
