"""The id by which a call is found in the log: the caller's own if it is sane, else a new one."""

import re
from uuid import uuid4

HEADER = "X-Request-ID"
_SANE_ID = re.compile(r"[0-9A-Za-z._-]{8,64}")


def request_id_of(asked: str) -> str:
    """The id of a call whose caller sent this one ("" for none)."""
    return asked if _SANE_ID.fullmatch(asked) else uuid4().hex
