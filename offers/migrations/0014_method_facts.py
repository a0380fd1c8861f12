"""A method's name is asked of the registry, and what is possible once a refund is a column (docs/adr/0016)."""

import offers.registry
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('offers', '0013_rolled_up_offer'),
        ('refunds', '0016_evidence_and_appeals_tenancy'),
        ('stores', '0007_callable_choices'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='offer',
            name='offer_one_negotiation_per_refund',
        ),
        migrations.RemoveConstraint(
            model_name='offer',
            name='offer_one_reassurance_per_refund',
        ),
        migrations.AddField(
            model_name='offer',
            name='once_as',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=30),
        ),
        migrations.RunSQL(
            """
            SELECT set_config('wanliu.stores', '*', true);
            UPDATE offers_offer SET once_as = 'negotiation' WHERE method IN ('change_to_refund_only', 'change_to_return');
            UPDATE offers_offer SET once_as = 'reassurance' WHERE method = 'reassurance';
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='bulkrow',
            name='method',
            field=models.CharField(choices=offers.registry.method_choices, max_length=30, verbose_name='method'),
        ),
        migrations.AlterField(
            model_name='marketplacemethod',
            name='method',
            field=models.CharField(choices=offers.registry.method_choices, max_length=30, verbose_name='method'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='method',
            field=models.CharField(choices=offers.registry.method_choices, max_length=30, verbose_name='method'),
        ),
        migrations.AlterField(
            model_name='storemethod',
            name='method',
            field=models.CharField(choices=offers.registry.method_choices, max_length=30, verbose_name='method'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(condition=models.Q(('once_as', ''), _negated=True), fields=('refund', 'once_as'), name='offer_once_per_refund'),
        ),
    ]
