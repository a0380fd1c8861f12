"""Secrets at rest: sealed with the keys of CONNECTOR_KEYS, the first of which seals while all of them open.

Where the application runs on its embedded database (the demo, a first try) and no key is set, one is derived from
SECRET_KEY; elsewhere nothing is sealed without keys of its own.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import Refused


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


_resealing: list[Callable[[], int]] = []


def resealed(reseal: Callable[[], int]) -> Callable[[], int]:
    """Have what a room keeps sealed be sealed anew whenever the keys are changed."""
    _resealing.append(reseal)
    return reseal


def reseal_all() -> int:
    """Seal whatever is kept with the first key; returns how many rows. Refused `keys_missing`."""
    return sum(reseal() for reseal in _resealing)


def _keys() -> MultiFernet:
    keys = settings.CONNECTOR_KEYS
    if not keys and settings.IS_EMBEDDED:
        keys = [urlsafe_b64encode(sha256(b"connectors:" + settings.SECRET_KEY.encode()).digest()).decode()]
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise Refused(
            "keys_missing", _("Nothing can be kept secret before CONNECTOR_KEYS holds a key: the operator sets it.")
        ) from None
