"""A POST with an Idempotency-Key has one effect: its first answer is kept in the transaction of that effect.

How long it is kept goes by the database's clock: a process ahead of its time would forget it, and a retry pay again.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.actions import bookkeeping
from common.errors import Refused
from common.models import IdempotentAnswer
from common.queries import preparing_cursor
from common.retention import Retention


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What must be equal for two calls to be the same call."""
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()


def upload_body(data, files) -> bytes:
    """What stands for a multipart body when two calls are compared.

    The body itself won't do: its boundary differs each time, and its files may be too large to keep.
    """
    parts = [f"{name}={value}" for name in sorted(data) for value in data.getlist(name) if name not in files]
    for name in sorted(files):
        for file in files.getlist(name):
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
            parts.append(f"{name}:{file.name}:{digest.hexdigest()}")
    return "\0".join(parts).encode()


_RECEIPT = "Which call had which answer is kept for who calls again; what the call did is an act."


@bookkeeping(_RECEIPT)
def take_key(*, store_id: int, owner: str, key: str, print_: str) -> IdempotentAnswer:
    """Return the kept answer of this call, or a new row (without `status_code`) to keep its answer in.

    Waits for a call with the same key that is still running. Refused `idempotency_key_reused` when the key belongs to
    another call.
    """
    mine = {"store_id": store_id, "owner": owner, "key": key, "fingerprint": print_}
    taken = _taken(mine)
    if taken is None and _outlived().filter(owner=owner, key=key).delete()[0]:
        taken = _taken(mine)
    kept = taken or IdempotentAnswer.objects.for_store(store_id).filter(owner=owner, key=key).first()
    if kept is None or kept.fingerprint != print_:
        raise Refused(
            "idempotency_key_reused",
            _("This Idempotency-Key was used for another call; use a new one."),
        )
    return kept


# A key that another store's call has is a conflict as well, and nothing is seen of it.
_TAKE = """
    INSERT INTO common_idempotentanswer (store_id, owner, key, fingerprint, created_at) VALUES ($1, $2, $3, $4, now())
    ON CONFLICT (owner, key) DO NOTHING RETURNING id
"""


def _taken(row: dict) -> IdempotentAnswer | None:
    """The row, newly written; None when there is one of its key. Waits for a call that is writing one."""
    with preparing_cursor() as cursor:
        cursor.execute(_TAKE, list(row.values()))
        found = cursor.fetchone()
    return None if found is None else IdempotentAnswer(pk=found[0], **row)


# Said to PostgreSQL in these very words each time, so that it is planned once; an UPDATE of the ORM's never is.
_KEEP = """
    UPDATE common_idempotentanswer SET status_code = $1, body = $2::jsonb, about = $3::uuid[]
    WHERE store_id = $4 AND id = $5
"""


@bookkeeping(_RECEIPT)
def keep(answer: IdempotentAnswer, *, status_code: int, body: str, about: Sequence[UUID]) -> None:
    """Keep what was answered: its status, its body as JSON, and the orders and refunds that it is `about`."""
    with preparing_cursor() as cursor:
        cursor.execute(_KEEP, [status_code, body, list(about), answer.store_id, answer.pk])


ANSWERS = Retention(
    "idempotent answers forgotten",
    gettext_lazy("Answers to calls with an Idempotency-Key"),
    IdempotentAnswer,
    "created_at",
    "KEEP_ANSWERS_DAYS",
    by_database=True,
    batch=10_000,
)


def forget_answers() -> int:
    """Delete a batch of the answers that are older than they are kept; returns how many."""
    return ANSWERS.step()


def _outlived() -> QuerySet[IdempotentAnswer]:
    return IdempotentAnswer.objects.filter(created_at__lte=Now() - ANSWERS.kept_for)
