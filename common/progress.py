"""How far a worker is with a row, for a page to show: a hint, since nobody else sees what is not committed yet."""

from common.hint_server import client, hint_server
from common.obligations import Obligation

LIVES_S = 3600


def note_progress(row: Obligation, done: int) -> None:
    """So much of the row's work is done by now."""
    hint_server.ask(lambda: client().set(_key(row), done, ex=LIVES_S), instead=None)


def noted_progress(row: Obligation) -> int:
    """How much of the row's work is done, as far as is known."""
    return int(hint_server.ask(lambda: client().get(_key(row)), instead=None) or 0)


def _key(row: Obligation) -> str:
    return f"progress:{row._meta.label_lower}:{row.pk}"
