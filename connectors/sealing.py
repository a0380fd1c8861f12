"""What shops keep sealed (common.sealing), and whether the keys for it are set. It is opened only to ask a platform."""

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import Error, Warning, register

from common.sealing import keeps_sealed
from connectors.models import Connection

MAKE_ONE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


keeps_sealed(Connection, "sealed_secrets", "sealed_tokens")


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
