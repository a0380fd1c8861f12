"""What management commands share."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from common.errors import WanliuError, kind_of

Thing = TypeVar("Thing")
Done = TypeVar("Done")


@contextmanager
def refusals_told() -> Iterator[None]:
    """A refusal of an action inside becomes a CommandError in words that name the field at fault."""
    try:
        yield
    except ValidationError as error:
        by_field = error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]
        raise CommandError(
            "; ".join(": ".join(filter(None, (field, " ".join(texts)))) for field, texts in by_field)
        ) from error
    except WanliuError as error:
        attr = getattr(error, "attr", None)
        raise CommandError(f"{attr}: {error}" if attr else str(error)) from error


def one_by_one(
    things: Iterable[Thing], name_of: Callable[[Thing], str], do: Callable[[Thing], Done]
) -> tuple[dict[str, Done], dict[str, str]]:
    """`do` each thing; one that fails stops no other. Returns what was done and what failed with which error, by name.

    Of the error only the kind is told, for its words may hold what people wrote.
    """
    done, failed = {}, {}
    for thing in things:
        try:
            done[name_of(thing)] = do(thing)
        except Exception as error:
            failed[name_of(thing)] = kind_of(error)
    return done, failed


def listed_failures(failed: Mapping[str, str]) -> str:
    """What `one_by_one` failed at, for the CommandError that ends the command."""
    return "; ".join(f"{name}: {error}" for name, error in failed.items())
