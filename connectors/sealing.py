"""What shops keep sealed (common.sealing), and whether the keys for it are set. It is opened only to ask a platform."""

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import Error, Warning, register

from common.actions import bookkeeping
from common.sealing import resealed, seal, unseal
from connectors.models import Connection

MAKE_ONE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


@resealed
@bookkeeping("The secrets stay as they are; the operator who changed the keys did that outside.")
def reseal_connections() -> int:
    """Seal what every connection keeps with the first key; returns how many. Refused `keys_missing`."""
    connections = Connection.objects.in_scope().select_for_update(no_key=True).exclude(sealed_secrets="")
    for connection in connections:
        connection.sealed_secrets = seal(unseal(connection.sealed_secrets))
        connection.sealed_tokens = seal(unseal(connection.sealed_tokens))
        connection.save(update_fields=["sealed_secrets", "sealed_tokens"])
    return len(connections)


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
