"""One chain of middleware for all clients of a process.

Django loads all of it anew for each `Client`, at its first call; each shop of a test has two of them.
"""

from django.core.handlers.base import BaseHandler
from django.core.signals import setting_changed
from django.test.client import ClientHandler

LOADED = ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain")
_loaded: dict[str, object] = {}


def load_middleware(handler: ClientHandler, is_async: bool = False) -> None:
    """Stands in for `ClientHandler.load_middleware`: what the first of them has loaded the others take."""
    if not _loaded:
        BaseHandler.load_middleware(handler, is_async)
        _loaded.update({name: getattr(handler, name) for name in LOADED})
    vars(handler).update(_loaded)


def forget(**_of_the_signal) -> None:
    """Load it anew for the next client: it may read the setting that was changed."""
    _loaded.clear()


setting_changed.connect(forget)
