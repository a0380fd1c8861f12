"""When PostgreSQL or a disk is the reason why a request fails: what to tell the client, who may simply try again."""

import errno
from typing import NamedTuple

import psycopg
from django.db import InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import errors

TRY_AGAIN_S = 5

_TOO_SLOW = (
    errors.QueryCanceled,
    errors.LockNotAvailable,
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
)
# A disk, or what we may use of it, takes no more.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


class FailureReason(NamedTuple):
    """A stable code and a sentence for people."""

    code: str
    detail: Promise


TIMEOUT = FailureReason(
    "timeout", _("This took too long and was stopped; nothing was changed. Ask for less, or try again.")
)
UNAVAILABLE = FailureReason(
    "unavailable", _("The service can't reach its data right now; nothing was changed. Try again soon.")
)


def why_unavailable(error: BaseException | None) -> FailureReason | None:
    """The reason if the database was too slow, is down, or it or a disk is full; None for errors of another kind."""
    cause = error if isinstance(error, psycopg.Error) else getattr(error, "__cause__", None)
    if isinstance(cause, _TOO_SLOW):
        return TIMEOUT
    if isinstance(cause, errors.ReadOnlySqlTransaction) or isinstance(error, OperationalError | InterfaceError):
        return UNAVAILABLE
    if isinstance(error, OSError) and error.errno in _FULL:
        return UNAVAILABLE
    return None
