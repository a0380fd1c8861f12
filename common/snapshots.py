"""Reading and making anew in one snapshot of the database, beside others who write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import OperationalError, connection, transaction
from psycopg.errors import SerializationFailure

MOST_TRIES = 20

Result = TypeVar("Result")


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A transaction whose statements all see what was committed when the first of them ran.

    Inside a transaction that is open already it is that one. A write to a row that somebody else has changed since
    then raises OperationalError; `in_one_snapshot` begins again.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def in_one_snapshot(do: Callable[[], Result]) -> Result:
    """What `do` returns in one snapshot; begun again when somebody else has changed what it changes.

    OperationalError when others were in between MOST_TRIES times.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            with one_snapshot():
                return do()
        except OperationalError as error:
            if not isinstance(error.__cause__, SerializationFailure):
                raise
    with one_snapshot():
        return do()
