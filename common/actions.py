"""The base of every write."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

from common.tenancy import NoScope, current_scope

P = ParamSpec("P")
R = TypeVar("R")


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a write: it runs in the caller's transaction and scope, and refuses to run without them.

    The caller (a request, a task, a command) owns the transaction, so one call is one transaction and an exception
    leaves nothing behind.
    """

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        current_scope()
        if not connection.in_atomic_block:
            raise NoScope("An action runs in a transaction: open a scope first.")
        return function(*args, **kwargs)

    return inner
