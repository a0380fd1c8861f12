"""What endpoints' messages are signed with: sealed at rest, shown once, rotated with an overlap.

Signatures are those of Standard Webhooks (standardwebhooks.com). While a rotation is under way a message bears one of
each secret, so that a receiver changes its own when it likes, also where it rotates again because an answer was lost.
"""

import secrets
from base64 import b64encode
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from common.sealing import keeps_sealed, seal, unseal
from webhooks.models import Endpoint

OVERLAP = timedelta(hours=24)
MOST_OLDER = 3  # secrets that sign beside the newest
BYTES = 32


def set_new_secret(endpoint: Endpoint, now: datetime) -> str:
    """Give the endpoint a new secret and return it; each before signs for its own OVERLAP beside it. To be saved."""
    new = f"whsec_{b64encode(secrets.token_bytes(BYTES)).decode()}"
    kept = unseal(endpoint.sealed_secrets)
    older = _older(kept, now)
    if "secret" in kept:
        older = [(kept["secret"], (now + OVERLAP).isoformat()), *older]
    endpoint.sealed_secrets = seal(
        {"secret": new, "older": " ".join(f"{s} {until}" for s, until in older[:MOST_OLDER])}
    )
    return new


def _older(kept: dict[str, str], at: datetime) -> list[tuple[str, str]]:
    """The secrets before the newest that still sign, each with when that ends, the newest of them first."""
    # `older_until` is the end of the only one in what was sealed before there could be several.
    words = f"{kept.get('older', '')} {kept.get('older_until', '')}".split()
    pairs = zip(words[::2], words[1::2], strict=True)
    return [(secret, until) for secret, until in pairs if at < datetime.fromisoformat(until)]


def signed(endpoint: Endpoint, *, message_id: str, body: str, at: datetime, there: datetime) -> dict[str, str]:
    """The headers that go with a message sent `at` an instant in UTC, when the store's clock shows `there`."""
    kept = unseal(endpoint.sealed_secrets)
    keys = [kept["secret"], *(secret for secret, _until in _older(kept, there))]
    signatures = [Webhook(key).sign(message_id, at, body) for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


keeps_sealed(Endpoint, "sealed_secrets")
