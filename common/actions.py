"""`@action` and `@bookkeeping`: what every function that writes business data is marked with."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

from common.metering import noting
from common.replica.notes import note_act
from common.tenancy import NoScope, current_scope, system_scope

P = ParamSpec("P")
R = TypeVar("R")


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Mark an act: something that somebody did and that is kept on record.

    Its arguments are named, `actor` (who does it) and `now` (when) are among them, and it leaves at least one
    event; a test holds every action to that. It runs in the caller's transaction and scope, and refuses to run
    without them: the caller (a request, a task, a command) owns the transaction, so one call is one transaction and
    an exception leaves nothing behind.
    """
    return _in_a_transaction(function, is_act=True)


def bookkeeping(reason: str, *, alone: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a write that is nobody's act and needs no event; `reason` says why nobody will ask who did it.

    It runs in the caller's transaction and scope as an action does; `alone` opens the scope of the system for it, and a
    transaction where none is open.
    """
    if not reason:
        raise ValueError("Say why this write is no act.")
    return _in_system_scope if alone else _in_a_transaction


def _in_system_scope(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with system_scope():
            return function(*args, **kwargs)

    return inner


def _in_a_transaction(function: Callable[P, R], *, is_act: bool = False) -> Callable[P, R]:
    is_noted = is_act and noting.IS_ON

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        current_scope()
        if not connection.in_atomic_block:
            raise NoScope("A write runs in a transaction: open a scope first.")
        if is_act:
            note_act()
        if is_noted:
            with noting.action_done(function.__name__):
                return function(*args, **kwargs)
        return function(*args, **kwargs)

    return inner
