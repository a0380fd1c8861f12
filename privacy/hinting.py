"""Workers are told of what was asked; what is lost of that the sweep finds."""

from common import hints


def tell_workers(ids: list[str]) -> None:
    """Have workers export and erase these."""
    hints.tell_of("privacy.tasks.do_requests", ids)
