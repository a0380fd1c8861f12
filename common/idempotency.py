"""A POST with an Idempotency-Key has one effect: its first answer is kept in the transaction of that effect."""

import hashlib
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.errors import Refused
from common.models import IdempotentAnswer

KEPT_FOR = timedelta(hours=24)


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What must be equal for two calls to be the same call."""
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()


def form_body(fields) -> bytes:
    """A multipart form (`request.data`) as bytes that are equal for equal fields and files, whatever its boundaries were."""
    parts = hashlib.sha256()
    for name in sorted(fields):
        for value in fields.getlist(name):
            content = value.encode(errors="surrogatepass") if isinstance(value, str) else _digest(value)
            parts.update(
                hashlib.sha256(name.encode(errors="surrogatepass")).digest() + hashlib.sha256(content).digest()
            )
    return parts.digest()


def _digest(file) -> bytes:
    digest = hashlib.file_digest(file, "sha256").digest()
    file.seek(0)
    return file.name.encode(errors="surrogatepass") + b"\0" + digest


def claim(*, store_id: int, owner: str, key: str, print_: str, now: datetime) -> IdempotentAnswer:
    """Return the kept answer of this call, or a new row (without `status_code`) to keep its answer in.

    Waits for a call with the same key that is still running. Refused `idempotency_key_reused` when the key belongs to
    another call.
    """
    IdempotentAnswer.objects.filter(owner=owner, key=key, created_at__lte=now - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(
                store_id=store_id, owner=owner, key=key, fingerprint=print_, created_at=now
            )
    except IntegrityError:
        kept = IdempotentAnswer.objects.for_store(store_id).filter(owner=owner, key=key).first()
    if kept is None or kept.fingerprint != print_:
        raise Refused(
            "idempotency_key_reused",
            _("This Idempotency-Key was used for another call; use a new one."),
        )
    return kept


def keep(answer: IdempotentAnswer, *, status_code: int, body) -> None:
    """Keep what was answered."""
    IdempotentAnswer.objects.filter(pk=answer.pk).update(status_code=status_code, body=body)


def forget(*, now: datetime, batch: int = 10_000) -> int:
    """Delete answers older than 24 hours; returns how many."""
    old = IdempotentAnswer.objects.filter(created_at__lte=now - KEPT_FOR).order_by("created_at")[:batch]
    return IdempotentAnswer.objects.filter(pk__in=old.values("pk")).delete()[0]
