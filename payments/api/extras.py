"""What rooms above add to answers about payments."""

from collections.abc import Callable

from payments.models import Payment

# What speaks against a small payment, each as `{code, detail}`; the room that knows fills it in.
WARNINGS: list[Callable[[Payment], list[dict[str, str]]]] = []
