"""Secrets at rest: sealed with the keys of CONNECTOR_KEYS, the first of which seals while all of them open.

Where the application runs on its embedded database (the demo, a first try) and no key is set, one is derived from
SECRET_KEY; elsewhere nothing is sealed without keys of its own.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from common.actions import bookkeeping
from common.errors import Refused

RESEALED_AT_ONCE = 100


def seal(values: Mapping[str, str]) -> str:
    """These values, unreadable without a key. Refused `keys_missing` where this installation has none."""
    return _keys().encrypt(json.dumps(dict(values)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """What was sealed; nothing for nothing. Refused `keys_missing` when no key of ours opens it."""
    if not sealed:
        return {}
    try:
        return json.loads(_keys().decrypt(sealed.encode()))
    except InvalidToken:
        raise Refused(
            "keys_missing", _("What is sealed can't be read with the keys in CONNECTOR_KEYS: add the old key.")
        ) from None


@dataclass(frozen=True)
class _Sealed:
    model: type[models.Model]
    columns: tuple[str, ...]


_sealed: list[_Sealed] = []


def keeps_sealed(model: type[models.Model], *columns: str) -> None:
    """Have these columns of a table be sealed anew whenever the keys are changed."""
    _sealed.append(_Sealed(model, columns))


def reseal_all() -> int:
    """Seal with the first key whatever another one has sealed; returns how many rows. Refused `keys_missing`.

    A batch in each transaction, so that who renews tokens waits for a moment. Cut off, it is begun again and finds what
    is left; whoever seals meanwhile with an older key, in a process of the release before, is found the next time.
    """
    return sum(_reseal(sealed) for sealed in _sealed)


def _reseal(sealed: _Sealed) -> int:
    count, last = 0, None
    while True:
        last, done = _reseal_batch(sealed, after=last)
        count += done
        if last is None:
            return count


@bookkeeping("The secrets stay as they are; the operator who changed the keys did that outside.", alone=True)
def _reseal_batch(sealed: _Sealed, *, after) -> tuple[Any, int]:
    """The last row of the batch, None after the last of all, and how many were sealed anew."""
    rows = sealed.model._default_manager.exclude(**{sealed.columns[0]: ""}).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    batch, done = list(rows.select_for_update(of=("self",), no_key=True)[:RESEALED_AT_ONCE]), 0
    for row in batch:
        older = [name for name in sealed.columns if getattr(row, name) and not _is_by_first(getattr(row, name))]
        for name in older:
            setattr(row, name, seal(unseal(getattr(row, name))))
        if older:
            row.save(update_fields=older)
            done += 1
    return (batch[-1].pk if len(batch) == RESEALED_AT_ONCE else None), done


def _is_by_first(sealed: str) -> bool:
    """Whether the key that seals now has sealed it."""
    try:
        _each_key()[0].decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _each_key() -> list[Fernet]:
    keys = settings.CONNECTOR_KEYS
    if not keys and settings.IS_EMBEDDED:
        signing = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        keys = [urlsafe_b64encode(sha256(b"connectors:" + key.encode()).digest()).decode() for key in signing]
    missing = Refused(
        "keys_missing", _("Nothing can be kept secret before CONNECTOR_KEYS holds a key: the operator sets it.")
    )
    try:
        found = [Fernet(key) for key in keys]
    except ValueError:
        raise missing from None
    if not found:
        raise missing
    return found


def _keys() -> MultiFernet:
    return MultiFernet(_each_key())
