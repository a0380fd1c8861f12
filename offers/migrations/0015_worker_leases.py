"""Whose turn a refund of a bulk sending is, and until when."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('offers', '0014_method_facts'),
        ('refunds', '0016_evidence_and_appeals_tenancy'),
        ('stores', '0006_restriction'),
    ]

    operations = [
        migrations.AddField(
            model_name='bulkrow',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AddField(
            model_name='bulkrow',
            name='last_error',
            field=models.CharField(blank=True, max_length=200, verbose_name='last error'),
        ),
        migrations.AddField(
            model_name='bulkrow',
            name='leased_by',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='bulkrow',
            name='leased_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='bulkrow',
            name='needs_attention',
            field=models.BooleanField(default=False, verbose_name='needs attention'),
        ),
        migrations.AddField(
            model_name='bulkrow',
            name='next_attempt_at',
            field=models.DateTimeField(null=True, verbose_name='next attempt'),
        ),
        migrations.AddIndex(
            model_name='bulkrow',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='bulk_row_due'),
        ),
        # Sendings that were started and not yet finished go on.
        migrations.RunSQL(
            """
            SELECT set_config('wanliu.stores', '*', true);
            UPDATE offers_bulkrow SET next_attempt_at = statement_timestamp() WHERE status = 'waiting';
            """,
            migrations.RunSQL.noop,
        ),
    ]
