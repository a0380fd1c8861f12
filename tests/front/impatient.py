"""The front as it is served, with a second instead of fifteen for a body that stands still."""

from config.front import body

body.IDLE_S = 1.0

from config.front.application import application  # noqa: E402

__all__ = ["application"]
