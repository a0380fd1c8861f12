"""Refunds that follow a connected marketplace: their deadline brings nothing here, and the sweep passes them by."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0017_masked_orders'),
        ('refunds', '0024_claims_without_refund'),
        ('stores', '0013_held_day'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='refund',
            name='refund_deadline_has_action',
        ),
        migrations.RemoveConstraint(
            model_name='refund',
            name='refund_no_return_clock_without_address',
        ),
        migrations.RemoveIndex(
            model_name='refund',
            name='refund_due',
        ),
        migrations.AddField(
            model_name='refund',
            name='decision_sent',
            field=models.CharField(blank=True, choices=[('agree_refund', 'Approval'), ('agree_return', 'Approval of the return'), ('agree_exchange', 'Approval of the exchange'), ('confirm_receipt', 'Receipt of the goods'), ('refuse', 'Refusal'), ('refuse_receipt', 'Refusal of what came back'), ('reship', 'Shipping of the new goods'), ('change_request', 'Change of the request'), ('extend', 'More time')], db_default='', default='', max_length=20, verbose_name='decision sent'),
        ),
        migrations.AddField(
            model_name='refund',
            name='is_followed',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='from the marketplace'),
        ),
        migrations.AddField(
            model_name='refund',
            name='marketplace_read_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='last read there'),
        ),
        migrations.AddField(
            model_name='refund',
            name='marketplace_status',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=100, verbose_name='status at the marketplace'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('is_followed', False)), fields=['due_at'], name='refund_to_end'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('is_followed', True)), fields=['store', '-id'], name='refund_followed'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_action', ''), ('due_at__isnull', True)), models.Q(('due_at__isnull', False), ('is_followed', False), models.Q(('due_action', ''), _negated=True)), models.Q(('due_action', ''), ('is_followed', True)), _connector='OR'), name='refund_deadline_has_action'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('is_followed', True), models.Q(('decision_sent', ''), ('marketplace_status', '')), _connector='OR'), name='refund_marketplace_of_followed'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'awaiting_return'), _negated=True), ('return_address__isnull', False), ('due_at__isnull', True), ('is_followed', True), _connector='OR'), name='refund_no_return_clock_without_address'),
        ),
    ]
