"""What management commands share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from common.errors import WanliuError


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
