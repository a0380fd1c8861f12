"""Secrets at rest: sealed with the keys of CONNECTOR_KEYS, the first of which seals while all of them open.

A sealed text is opened only to ask a platform. Where the application runs on its embedded database (the demo, a first
try) and no key is set, one is derived from SECRET_KEY; elsewhere nothing is sealed without keys of its own.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.checks import Error, Warning, register
from django.utils.translation import gettext as _

from common.actions import bookkeeping
from common.errors import Refused
from connectors.models import Connection

MAKE_ONE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


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
            "keys_missing", _("The shop's secrets can't be read with the keys in CONNECTOR_KEYS: add the old key.")
        ) from None


_others: list[Callable[[], int]] = []


def resealed(reseal: Callable[[], int]) -> Callable[[], int]:
    """Have what a higher room keeps sealed too whenever the keys are changed."""
    _others.append(reseal)
    return reseal


def reseal_all() -> int:
    """Seal whatever is kept with the first key; returns how many rows. Refused `keys_missing`."""
    return sum(reseal() for reseal in (reseal_connections, *_others))


@bookkeeping("The secrets stay as they are; the operator who changed the keys did that outside.")
def reseal_connections() -> int:
    """Seal what every connection keeps with the first key; returns how many. Refused `keys_missing`."""
    connections = Connection.objects.in_scope().select_for_update(no_key=True).exclude(sealed_secrets="")
    for connection in connections:
        connection.sealed_secrets = seal(unseal(connection.sealed_secrets))
        connection.sealed_tokens = seal(unseal(connection.sealed_tokens))
        connection.save(update_fields=["sealed_secrets", "sealed_tokens"])
    return len(connections)


def _keys() -> MultiFernet:
    keys = settings.CONNECTOR_KEYS
    if not keys and settings.IS_EMBEDDED:
        keys = [urlsafe_b64encode(sha256(b"connectors:" + settings.SECRET_KEY.encode()).digest()).decode()]
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise Refused(
            "keys_missing", _("Nothing can be connected before CONNECTOR_KEYS holds a key: the operator sets it.")
        ) from None


@register(deploy=True)
def check_connector_keys_are_set(app_configs, **kwargs):
    """Where people work, shops can be connected."""
    if settings.CONNECTOR_KEYS or settings.IS_EMBEDDED:
        return []
    hint = f"Make a key with {MAKE_ONE} and set CONNECTOR_KEYS."
    return [Warning("No shop can be connected: CONNECTOR_KEYS is not set.", hint=hint, id="wanliu.W002")]


@register
def check_connector_keys(app_configs, **kwargs):
    """Each of the keys is one."""
    for place, key in enumerate(settings.CONNECTOR_KEYS, 1):
        try:
            Fernet(key)
        except ValueError:
            hint = f"Make one with {MAKE_ONE}."
            return [Error(f"CONNECTOR_KEYS: number {place} is no key.", hint=hint, id="wanliu.E010")]
    return []
