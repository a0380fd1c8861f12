"""Whose turn a parcel or a file is, and until when."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0012_quality_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='shipment',
            name='leased_by',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='shipment',
            name='leased_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RemoveIndex(
            model_name='shipmentimport',
            name='shipment_import_running',
        ),
        migrations.AddField(
            model_name='shipmentimport',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AddField(
            model_name='shipmentimport',
            name='last_error',
            field=models.CharField(blank=True, max_length=200, verbose_name='last error'),
        ),
        migrations.AddField(
            model_name='shipmentimport',
            name='leased_by',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='shipmentimport',
            name='leased_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='shipmentimport',
            name='needs_attention',
            field=models.BooleanField(default=False, verbose_name='needs attention'),
        ),
        migrations.AddField(
            model_name='shipmentimport',
            name='next_attempt_at',
            field=models.DateTimeField(null=True, verbose_name='next attempt'),
        ),
        migrations.AddIndex(
            model_name='shipmentimport',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='shipment_import_due'),
        ),
        # Files that were confirmed and not yet imported go on.
        migrations.RunSQL(
            """
            SELECT set_config('wanliu.stores', '*', true);
            UPDATE orders_shipmentimport SET next_attempt_at = statement_timestamp() WHERE status = 'running';
            """,
            migrations.RunSQL.noop,
        ),
    ]
