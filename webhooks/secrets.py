"""What endpoints' messages are signed with: sealed at rest, shown once, rotated with an overlap.

Signatures are those of Standard Webhooks (standardwebhooks.com). While a rotation is under way a message bears one of
each secret, so that a receiver changes its own when it likes.
"""

import secrets
from base64 import b64encode
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from common.actions import bookkeeping
from common.sealing import resealed, seal, unseal
from webhooks.models import Endpoint

OVERLAP = timedelta(hours=24)
BYTES = 32


def set_new_secret(endpoint: Endpoint, now: datetime) -> str:
    """Give the endpoint a new secret and return it; the one before signs for OVERLAP beside it. To be saved."""
    new = f"whsec_{b64encode(secrets.token_bytes(BYTES)).decode()}"
    kept = {"secret": new}
    if older := unseal(endpoint.sealed_secrets).get("secret"):
        kept |= {"older": older, "older_until": (now + OVERLAP).isoformat()}
    endpoint.sealed_secrets = seal(kept)
    return new


def signed(endpoint: Endpoint, *, message_id: str, body: str, at: datetime) -> dict[str, str]:
    """The headers that go with a message; `at` is in UTC."""
    kept = unseal(endpoint.sealed_secrets)
    keys = [kept["secret"]]
    if "older" in kept and at < datetime.fromisoformat(kept["older_until"]):
        keys.append(kept["older"])
    signatures = [Webhook(key).sign(message_id, at, body) for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


@resealed
@bookkeeping("The secrets stay as they are; the operator who changed the keys did that outside.")
def reseal_endpoints() -> int:
    """Seal every endpoint's secrets with the first key; returns how many."""
    endpoints = Endpoint.objects.in_scope().select_for_update(no_key=True)
    for endpoint in endpoints:
        endpoint.sealed_secrets = seal(unseal(endpoint.sealed_secrets))
        endpoint.save(update_fields=["sealed_secrets"])
    return len(endpoints)
