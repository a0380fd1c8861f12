"""How far a worker is with a row, for a page to show: a hint, since nobody else sees what is not committed yet."""

from dataclasses import dataclass

from common.hint_server import client, hint_server
from common.obligations import Obligation

LIVES_S = 3600


@dataclass(frozen=True, slots=True)
class Progress:
    """So much of the row's work is done, `of` how much if that is known (else 0), in which step of it."""

    done: int = 0
    of: int = 0
    step: str = ""


def note_progress(row: Obligation, done: int, *, of: int = 0, step: str = "") -> None:
    """So much of the row's work, or of one of its steps, is done by now."""
    hint_server.ask(lambda: client().set(_key(row), f"{done}:{of}:{step}", ex=LIVES_S), instead=None)


def noted_progress(row: Obligation) -> Progress:
    """How much of the row's work is done, as far as is known."""
    noted = hint_server.ask(lambda: client().get(_key(row)), instead=None)
    if noted is None:
        return Progress()
    done, of, step = noted.decode().split(":")
    return Progress(int(done), int(of), step)


def _key(row: Obligation) -> str:
    return f"progress:{row._meta.label_lower}:{row.pk}"
