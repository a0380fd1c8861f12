"""An offer keeps who sent it, on which day, about what request (Q18)."""

import common.money
from django.db import migrations, models

CHARS = {"sent_by": (64, False), "sent_by_kind": (20, False), "sent_by_label": (150, True), "reason": (30, False), "asked_kind": (20, False)}


class Migration(migrations.Migration):
    dependencies = [("offers", "0008_stay"), ("refunds", "0005_programme"), ("common", "0002_tenancy")]

    operations = [
        *(
            migrations.AddField("offer", name, models.CharField(max_length=length, blank=blank, default="", editable=False), preserve_default=False)
            for name, (length, blank) in CHARS.items()
        ),
        migrations.AddField("offer", "sent_on", models.DateField(null=True, editable=False)),
        migrations.AddField("offer", "asked_amount", common.money.MoneyField(null=True, editable=False)),
        migrations.AddField("offer", "product_price", common.money.MoneyField(null=True, editable=False)),
        migrations.AddField("offer", "is_rolled", models.BooleanField(default=False, db_default=False, editable=False)),
        # What an offer was about is what its refund says, unless the offer itself has changed it since: then its event does.
        migrations.RunSQL(
            """
            SELECT set_config('wanliu.stores', '*', true);
            UPDATE offers_offer o SET
                sent_by = f.sent_by, sent_by_kind = f.kind, sent_by_label = f.label, sent_on = f.sent_on,
                reason = f.reason, asked_kind = f.asked_kind, asked_amount = f.asked_amount, product_price = f.price
            FROM (
                SELECT o.id, coalesce(nullif(e.actor_id, ''), e.actor_kind, 'system') AS sent_by,
                       coalesce(e.actor_kind, 'system') AS kind, coalesce(e.actor_label, '') AS label,
                       (o.created_at AT TIME ZONE s.time_zone)::date AS sent_on, r.reason,
                       coalesce(c.data->'kind'->>0, r.kind) AS asked_kind,
                       coalesce((c.data->'amount'->>0)::numeric, r.amount) AS asked_amount, p.price
                FROM offers_offer o JOIN refunds_refund r ON r.id = o.refund_id JOIN stores_store s ON s.id = o.store_id
                LEFT JOIN stores_product p ON p.id = o.product_id
                LEFT JOIN common_event c
                  ON c.store_id = r.store_id AND c.topic_id = r.id AND c.name = 'refund.changed'
                LEFT JOIN common_event e
                  ON e.store_id = r.store_id AND e.topic_id = r.id AND e.name = 'offer.sent' AND e.subject_id = o.id
            ) f WHERE f.id = o.id;
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField("offer", "sent_on", models.DateField(editable=False)),
        migrations.AlterField("offer", "asked_amount", common.money.MoneyField(editable=False)),
    ]
