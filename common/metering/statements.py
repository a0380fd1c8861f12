"""How many statements a thread has sent to the database, where anybody wants to know."""

import threading
from typing import Any

from django.db.backends.signals import connection_created

_sent = threading.local()


def statements() -> int:
    """By this thread, since it began; 0 where nobody counts."""
    return getattr(_sent, "number", 0)


def count_statements() -> None:
    """Count from now on, on connections that are made from now on."""
    connection_created.connect(_watch)


def _watch(connection, **kwargs) -> None:
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count)


def _count(execute, sql, params, many, context) -> Any:
    _sent.number = getattr(_sent, "number", 0) + 1
    return execute(sql, params, many, context)
