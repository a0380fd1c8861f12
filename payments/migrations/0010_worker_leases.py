"""Whose turn a payment or a notice is, and until when; what is wrong with a notice."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0009_budget_tenancy'),
    ]

    operations = [
        migrations.AddField(
            model_name='gatewaynotice',
            name='last_error',
            field=models.CharField(blank=True, max_length=200, verbose_name='last error'),
        ),
        migrations.AddField(
            model_name='gatewaynotice',
            name='leased_by',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='gatewaynotice',
            name='leased_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='gatewaynotice',
            name='needs_attention',
            field=models.BooleanField(default=False, verbose_name='needs attention'),
        ),
        migrations.AddField(
            model_name='payment',
            name='leased_by',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='payment',
            name='leased_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='gatewaynotice',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AlterField(
            model_name='gatewaynotice',
            name='next_attempt_at',
            field=models.DateTimeField(null=True, verbose_name='next attempt'),
        ),
    ]
