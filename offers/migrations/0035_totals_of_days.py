"""The totals of each day of money kept, with the wall around them, and the triggers that keep them from now on.

What was rolled up before is added by a later file, store by store.
"""

import common.money
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models

from common.tenancy_sql import secure_table


class Migration(migrations.Migration):
    dependencies = [
        ('offers', '0034_losses_counted_before'),
        ('refunds', '0043_open_by_due'),
        ('stores', '0033_invitations_end'),
    ]

    operations = [
        migrations.CreateModel(
            name='RetentionTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offers', models.IntegerField(default=0)),
                ('answered', models.IntegerField(default=0)),
                ('expired', models.IntegerField(default=0)),
                ('accepted', models.IntegerField(default=0)),
                ('sales_kept', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('taken_back', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('return_freight', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('handling', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('agent_time', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('consultation', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('offer_costs', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('date', models.DateField()),
                ('part', models.CharField(max_length=10)),
                ('key', models.CharField(blank=True, max_length=64)),
                ('label', models.CharField(blank=True, max_length=150)),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
        ),
        migrations.AddConstraint(
            model_name='retentiontotal',
            constraint=models.UniqueConstraint(fields=('store', 'date', 'part', 'key', 'label'), include=('offers', 'answered', 'expired', 'accepted', 'sales_kept', 'taken_back', 'return_freight', 'handling', 'agent_time', 'consultation', 'offer_costs'), name='retention_total_once'),
        ),
        secure_table("offers_retentiontotal"),
        pgtrigger.migrations.AddTrigger(
            model_name='dailyretention',
            trigger=pgtrigger.compiler.Trigger(name='total_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO offers_retentiontotal (store_id, date, part, key, label, offers, answered, expired, accepted, sales_kept, taken_back, return_freight, handling, agent_time, consultation, offer_costs) \n        SELECT d.store_id, d.date, g.part, g.key, g.label,\n               sum(d.offers) AS offers, sum(d.answered) AS answered, sum(d.expired) AS expired, sum(d.accepted) AS accepted, sum(d.sales_kept) AS sales_kept, sum(d.taken_back) AS taken_back, sum(d.return_freight) AS return_freight, sum(d.handling) AS handling, sum(d.agent_time) AS agent_time, sum(d.consultation) AS consultation, sum(d.offer_costs) AS offer_costs\n        FROM (SELECT * FROM added) d \n    CROSS JOIN LATERAL (\n        VALUES ('day', '', ''), ('method', d.method, ''), ('reason', d.reason, ''),\n               ('agent', d.agent, d.agent_label)\n    ) AS g (part, key, label)\n GROUP BY store_id, date, part, key, label\n     ORDER BY store_id, date, part, key, label\n        ON CONFLICT (store_id, date, part, key, label) DO UPDATE\n        SET offers = offers_retentiontotal.offers + excluded.offers, answered = offers_retentiontotal.answered + excluded.answered, expired = offers_retentiontotal.expired + excluded.expired, accepted = offers_retentiontotal.accepted + excluded.accepted, sales_kept = offers_retentiontotal.sales_kept + excluded.sales_kept, taken_back = offers_retentiontotal.taken_back + excluded.taken_back, return_freight = offers_retentiontotal.return_freight + excluded.return_freight, handling = offers_retentiontotal.handling + excluded.handling, agent_time = offers_retentiontotal.agent_time + excluded.agent_time, consultation = offers_retentiontotal.consultation + excluded.consultation, offer_costs = offers_retentiontotal.offer_costs + excluded.offer_costs;\n     RETURN NULL;", hash='af78ff43160d41c1cf7ee46bd293d689f114ac64', level='STATEMENT', operation='INSERT', pgid='pgtrigger_total_added_87d71', referencing='REFERENCING NEW TABLE AS added ', table='offers_dailyretention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dailyretention',
            trigger=pgtrigger.compiler.Trigger(name='total_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO offers_retentiontotal (store_id, date, part, key, label, offers, answered, expired, accepted, sales_kept, taken_back, return_freight, handling, agent_time, consultation, offer_costs) \n        SELECT d.store_id, d.date, g.part, g.key, g.label,\n               sum(d.offers) AS offers, sum(d.answered) AS answered, sum(d.expired) AS expired, sum(d.accepted) AS accepted, sum(d.sales_kept) AS sales_kept, sum(d.taken_back) AS taken_back, sum(d.return_freight) AS return_freight, sum(d.handling) AS handling, sum(d.agent_time) AS agent_time, sum(d.consultation) AS consultation, sum(d.offer_costs) AS offer_costs\n        FROM (\n    SELECT store_id, date, method, reason, agent, agent_label, offers, answered, expired, accepted, sales_kept, taken_back, return_freight, handling, agent_time, consultation, offer_costs FROM added UNION ALL SELECT store_id, date, method, reason, agent, agent_label, -offers AS offers, -answered AS answered, -expired AS expired, -accepted AS accepted, -sales_kept AS sales_kept, -taken_back AS taken_back, -return_freight AS return_freight, -handling AS handling, -agent_time AS agent_time, -consultation AS consultation, -offer_costs AS offer_costs FROM removed\n) d \n    CROSS JOIN LATERAL (\n        VALUES ('day', '', ''), ('method', d.method, ''), ('reason', d.reason, ''),\n               ('agent', d.agent, d.agent_label)\n    ) AS g (part, key, label)\n GROUP BY store_id, date, part, key, label\n     ORDER BY store_id, date, part, key, label\n        ON CONFLICT (store_id, date, part, key, label) DO UPDATE\n        SET offers = offers_retentiontotal.offers + excluded.offers, answered = offers_retentiontotal.answered + excluded.answered, expired = offers_retentiontotal.expired + excluded.expired, accepted = offers_retentiontotal.accepted + excluded.accepted, sales_kept = offers_retentiontotal.sales_kept + excluded.sales_kept, taken_back = offers_retentiontotal.taken_back + excluded.taken_back, return_freight = offers_retentiontotal.return_freight + excluded.return_freight, handling = offers_retentiontotal.handling + excluded.handling, agent_time = offers_retentiontotal.agent_time + excluded.agent_time, consultation = offers_retentiontotal.consultation + excluded.consultation, offer_costs = offers_retentiontotal.offer_costs + excluded.offer_costs;\n     RETURN NULL;", hash='1bfb6c4ece6dd37d5bc35cbc6133be3109fcf354', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_total_changed_8ff7f', referencing='REFERENCING OLD TABLE AS removed  NEW TABLE AS added ', table='offers_dailyretention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dailyretention',
            trigger=pgtrigger.compiler.Trigger(name='total_removed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    UPDATE offers_retentiontotal t SET offers = t.offers - s.offers, answered = t.answered - s.answered, expired = t.expired - s.expired, accepted = t.accepted - s.accepted, sales_kept = t.sales_kept - s.sales_kept, taken_back = t.taken_back - s.taken_back, return_freight = t.return_freight - s.return_freight, handling = t.handling - s.handling, agent_time = t.agent_time - s.agent_time, consultation = t.consultation - s.consultation, offer_costs = t.offer_costs - s.offer_costs\n    FROM (\n        SELECT d.store_id, d.date, g.part, g.key, g.label,\n               sum(d.offers) AS offers, sum(d.answered) AS answered, sum(d.expired) AS expired, sum(d.accepted) AS accepted, sum(d.sales_kept) AS sales_kept, sum(d.taken_back) AS taken_back, sum(d.return_freight) AS return_freight, sum(d.handling) AS handling, sum(d.agent_time) AS agent_time, sum(d.consultation) AS consultation, sum(d.offer_costs) AS offer_costs\n        FROM (SELECT * FROM removed) d \n    CROSS JOIN LATERAL (\n        VALUES ('day', '', ''), ('method', d.method, ''), ('reason', d.reason, ''),\n               ('agent', d.agent, d.agent_label)\n    ) AS g (part, key, label)\n GROUP BY store_id, date, part, key, label\n    ) s WHERE (t.store_id, t.date, t.part, t.key, t.label) = (\n        s.store_id, s.date, s.part, s.key, s.label\n    );\n RETURN NULL;", hash='861ff9cd36711514006cf82ad9da84f8a781692d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_total_removed_8de08', referencing='REFERENCING OLD TABLE AS removed ', table='offers_dailyretention', when='AFTER')),
        ),
    ]
