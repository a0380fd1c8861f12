"""What was rolled up before gets its totals, store by store, while nobody rolls up: whoever does waits for one store."""

from django.db import connection, migrations, transaction

LOCK = 0x77616E6C  # of the roll-ups
MEASURES = (
    *("offers", "answered", "expired", "accepted", "sales_kept", "taken_back"),
    *("return_freight", "handling", "agent_time", "consultation", "offer_costs"),
)
FORGET = "DELETE FROM offers_retentiontotal WHERE store_id = %s"
ADD = f"""
    INSERT INTO offers_retentiontotal (store_id, date, part, key, label, {", ".join(MEASURES)})
    SELECT d.store_id, d.date, g.part, g.key, g.label, {", ".join(f"sum(d.{name})" for name in MEASURES)}
    FROM offers_dailyretention d
    CROSS JOIN LATERAL (
        VALUES ('day', '', ''), ('method', d.method, ''), ('reason', d.reason, ''),
               ('agent', d.agent, d.agent_label)
    ) AS g (part, key, label)
    WHERE d.store_id = %s GROUP BY 1, 2, 3, 4, 5
"""


def add_the_past(apps, schema_editor):
    """Of each store that there is."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('wanliu.stores', '*', true)")
        cursor.execute("SELECT id FROM stores_store ORDER BY id")
        store_ids = [store_id for (store_id,) in cursor.fetchall()]
    for store_id in store_ids:
        add_past_of(store_id)


def add_past_of(store_id):
    """Whoever rolls up keeps this waiting, and nobody waits behind it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('wanliu.stores', '*', true), set_config('lock_timeout', '0', true)")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for statement in (FORGET, ADD):
            cursor.execute(statement, [store_id])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("offers", "0037_offers_out_by_store")]

    operations = [migrations.RunPython(add_the_past, migrations.RunPython.noop)]
