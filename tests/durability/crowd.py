"""One store with 100,000 jobs, and what becomes of another one's one: queues of their own, a share for each store."""

import time
from contextlib import ExitStack
from datetime import UTC, datetime

from tests.durability.desk import Desk
from tests.durability.machines import Machines, Shown
from tests.durability.production import Service, wait_for
from tests.durability.trial import set_up_django

JOBS, ROWS = 1000, 100  # of one store, a row for each refund of a job
MANY_JOBS = """
WITH job AS (
    INSERT INTO offers_bulkjob (id, store_id, actor, language, total, created_at)
    SELECT gen_random_uuid(), store_id, actor, language, total, created_at
    FROM offers_bulkjob, generate_series(2, %s) WHERE id = %s RETURNING id
)
INSERT INTO offers_bulkrow (id, store_id, job_id, refund_id, method, status, why, detail, attempts, next_attempt_at,
                            needs_attention, last_error)
SELECT gen_random_uuid(), store_id, job.id, refund_id, method, status, why, detail, 0, statement_timestamp(), false, ''
FROM offers_bulkrow row, job WHERE row.job_id = %s
"""
LEFT = "SELECT count(*) FROM offers_bulkrow WHERE status = 'waiting' AND store_id = %s"
OPEN = "SELECT count(*) FROM offers_bulkjob WHERE finished_at IS NULL AND store_id = %s"


def start_bulk(code: str, refunds: int):
    """A store, and a bulk sending of it over so many refunds."""
    from offers.bulk import start_bulk_job
    from tests.world import MERCHANT, make_shop

    now, shop = datetime.now(UTC), make_shop("tmall", code)
    ids = [shop.refund(reason="slow_logistics", now=now).pk for _ in range(refunds)]
    with shop.scope():
        job = start_bulk_job(store=shop.store, refund_ids=ids, actor=MERCHANT, now=now)
    return shop, job


def heap_up() -> int:
    """A store with 100,000 rows that wait; its key."""
    from django.db import connection, transaction

    from common.tenancy import system_scope

    shop, job = start_bulk("crowd", ROWS)
    with transaction.atomic(), system_scope(), connection.cursor() as cursor:
        cursor.execute(MANY_JOBS, [JOBS, job.pk, job.pk])
    connection.close()
    return shop.store.pk


def play(desk: Desk, stack: ExitStack, count: int) -> Shown:
    """100,000 bulk offers of one store wait: other stores' payments, deadlines and one bulk offer meanwhile"""
    trial = Machines(desk, stack)
    desk.manage("migrate", "--verbosity", "0")
    set_up_django(trial)
    crowd = heap_up()
    trial.start_all()
    for queue in ("money", "deadlines"):
        Service(desk, stack).start_worker(queue, **trial.environ)
    wait_for(lambda: desk.rows(LEFT, crowd)[0][0] < JOBS * ROWS, "the crowd's first")
    took: list[float] = []

    def one_more(_trial) -> None:
        for number in range(3):
            shop, _job = start_bulk(f"alone-{number}", 1)
            began = time.monotonic()
            wait_for(lambda store=shop.store.pk: desk.rows(OPEN, store)[0][0] == 0, "another store's one", 180)
            took.append(time.monotonic() - began)

    figures = trial.run("crowd", one_more, count)
    left = desk.rows(LEFT, crowd)[0][0]
    shown = Shown("crowd", "nothing", figures, [f"the crowd has {left} of {JOBS * ROWS} left"])
    shown.told.append(f"another store's one bulk offer was sent after {', '.join(f'{each:.1f} s' for each in took)}")
    if not left:
        shown.wrong.append("the crowd was done before: it held up nobody")
    if max(took) > 60:
        shown.wrong.append("another store's one waited for longer than a minute")
    return shown
