"""The tables of payments and the ledger, made at once. A database of an earlier release has made them step by step."""

import common.ids
import common.money
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):

    replaces = [('payments', '0001_initial'), ('payments', '0002_tenancy'), ('payments', '0003_retention'), ('payments', '0004_transfer_purpose'), ('payments', '0005_more_accounts'), ('payments', '0006_small_payments'), ('payments', '0007_small_payments_tenancy'), ('payments', '0008_budget'), ('payments', '0009_budget_tenancy'), ('payments', '0010_worker_leases'), ('payments', '0011_unreadable_notice'), ('payments', '0012_conflicts'), ('payments', '0013_wide_sums'), ('payments', '0014_given_up'), ('payments', '0015_written_off')]

    initial = True

    dependencies = [
        ('orders', '0001_squashed_0016_corrected_numbers'),
        ('stores', '0001_squashed_0013_held_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='SandboxTransfer',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('buyer_id', models.CharField(max_length=64)),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12)),
                ('outcome', models.CharField(max_length=20)),
                ('calls', models.PositiveIntegerField(default=1)),
                ('at', models.DateTimeField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='GatewayNotice',
            fields=[
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('leased_by', models.UUIDField(editable=False, null=True)),
                ('needs_attention', models.BooleanField(default=False, verbose_name='needs attention')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('gateway', models.CharField(max_length=30, verbose_name='gateway')),
                ('event_id', models.CharField(max_length=100, verbose_name='event')),
                ('body', models.BinaryField()),
                ('key', models.CharField(max_length=64, verbose_name='payment')),
                ('outcome', models.CharField(max_length=20, verbose_name='outcome')),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12, null=True, verbose_name='amount')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name="gateway's reference")),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('result', models.CharField(choices=[('waiting', 'Waiting'), ('applied', 'Booked'), ('no_change', 'Nothing new'), ('unknown', 'Unknown payment'), ('conflict', 'Contradicts our books'), ('failed', 'Could not be processed'), ('unreadable', 'Could not be read')], default='waiting', max_length=20, verbose_name='result')),
                ('received_at', models.DateTimeField(verbose_name='received')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='gateway_notice_due')],
                'constraints': [models.UniqueConstraint(fields=('gateway', 'event_id'), name='gateway_notice_once')],
            },
        ),
        migrations.CreateModel(
            name='LedgerAccount',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('merchant_funds', "Merchant's funds"), ('buyer_payouts', 'Paid to buyers'), ('service_budget', 'Service budget'), ('platform_funds', "Platform's compensation"), ('losses', 'Written off')], max_length=30, verbose_name='kind')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('store', 'kind'), name='ledger_account_once')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('leased_by', models.UUIDField(editable=False, null=True)),
                ('needs_attention', models.BooleanField(default=False, verbose_name='needs attention')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('topic_id', models.UUIDField(editable=False)),
                ('purpose', models.CharField(choices=[('refund', 'Refund'), ('partial_refund', 'Partial refund'), ('red_packet', 'Red packet'), ('return_freight', 'Return freight'), ('price_difference', 'Price difference'), ('goods_compensation', 'Compensation for goods'), ('other', 'Other')], max_length=30, verbose_name='purpose')),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='amount')),
                ('buyer_id', models.CharField(max_length=64, verbose_name='buyer id')),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('processing', 'Processing'), ('succeeded', 'Paid'), ('failed', 'Failed')], default='pending', max_length=20, verbose_name='status')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('allowance_date', models.DateField(null=True, verbose_name='counts on')),
                ('gateway', models.CharField(blank=True, max_length=30, verbose_name='gateway')),
                ('gateway_reference', models.CharField(blank=True, max_length=100, verbose_name="gateway's reference")),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='settled')),
                ('reversed_at', models.DateTimeField(null=True, verbose_name='came back')),
                ('given_up_at', models.DateTimeField(null=True, verbose_name='given up')),
                ('written_off_at', models.DateTimeField(null=True, verbose_name='written off')),
                ('conflict', models.CharField(blank=True, choices=[('paid_there', 'Paid there, failed here'), ('declined_there', 'Declined there, paid here'), ('amount', 'Another amount there'), ('demanded', 'Demanded back')], db_default='', default='', max_length=20, verbose_name='conflict')),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order', verbose_name='order')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
                'indexes': [models.Index(fields=['store', '-id'], name='payment_newest'), models.Index(fields=['store', 'status', '-id'], name='payment_by_status'), models.Index(fields=['store', 'order'], name='payment_of_order'), models.Index(fields=['store', 'topic_id'], name='payment_of_topic'), models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='payment_due'), models.Index(condition=models.Q(('needs_attention', True)), fields=['store', '-id'], name='payment_attention'), models.Index(condition=models.Q(('conflict', ''), _negated=True), fields=['store', 'order'], name='payment_in_conflict'), models.Index(condition=models.Q(('allowance_date__isnull', False)), fields=['store', 'allowance_date', 'id'], name='payment_of_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_amount_positive'), models.CheckConstraint(condition=models.Q(models.Q(('allowance_date__isnull', False), ('purpose__in', ('return_freight', 'price_difference', 'goods_compensation', 'other'))), models.Q(models.Q(('purpose__in', ('return_freight', 'price_difference', 'goods_compensation', 'other')), _negated=True), ('allowance_date__isnull', True)), _connector='OR'), name='payment_small_has_day'), models.CheckConstraint(condition=models.Q(('reversed_at__isnull', True), ('status', 'failed'), _connector='OR'), name='payment_reversed_is_failed'), models.CheckConstraint(condition=models.Q(('given_up_at__isnull', True), ('status', 'failed'), _connector='OR'), name='payment_given_up_is_failed'), models.CheckConstraint(condition=models.Q(('written_off_at__isnull', True), ('status', 'failed'), _connector='OR'), name='payment_written_off_is_failed')],
            },
        ),
        migrations.CreateModel(
            name='PaymentTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('per_payment', common.money.MoneyField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='most per payment')),
                ('per_order', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(50)], verbose_name='payments per order')),
                ('per_day', common.money.MoneyField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='most per day')),
                ('gateway', models.CharField(blank=True, max_length=30, verbose_name='gateway')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'payment terms',
                'verbose_name_plural': 'payment terms',
                'constraints': [models.UniqueConstraint(fields=('store',), name='payment_terms_once'), models.CheckConstraint(condition=models.Q(('per_payment__isnull', True), ('per_payment__gte', 0), _connector='OR'), name='payment_terms_payment_not_negative'), models.CheckConstraint(condition=models.Q(('per_order__isnull', True), ('per_order__lte', 50), _connector='OR'), name='payment_terms_order_bounded'), models.CheckConstraint(condition=models.Q(('per_day__isnull', True), ('per_day__gte', 0), _connector='OR'), name='payment_terms_day_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('gateway', models.CharField(max_length=30, verbose_name='gateway')),
                ('date', models.DateField(verbose_name='day')),
                ('lines', models.PositiveIntegerField(verbose_name='lines of the statement')),
                ('payments', models.PositiveIntegerField(verbose_name='payments booked here')),
                ('differences_found', models.PositiveIntegerField(verbose_name='differences')),
                ('created_at', models.DateTimeField(verbose_name='compared')),
            ],
            options={
                'verbose_name': 'reconciliation',
                'verbose_name_plural': 'reconciliations',
                'constraints': [models.UniqueConstraint(fields=('gateway', 'date'), name='reconciliation_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('unknown_here', 'Moved there, unknown here'), ('unknown_there', 'Paid here, unknown there'), ('amount', 'Amounts differ'), ('status', 'States differ')], max_length=20, verbose_name='kind')),
                ('key', models.CharField(max_length=64, verbose_name='payment')),
                ('payment_id', models.UUIDField(null=True)),
                ('status_here', models.CharField(blank=True, max_length=20, verbose_name='state here')),
                ('status_there', models.CharField(blank=True, max_length=20, verbose_name='state there')),
                ('amount_here', common.money.MoneyField(decimal_places=2, max_digits=12, null=True, verbose_name='amount here')),
                ('amount_there', common.money.MoneyField(decimal_places=2, max_digits=12, null=True, verbose_name='amount there')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name="gateway's reference")),
                ('reconciliation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='differences', to='payments.reconciliation')),
            ],
            options={
                'verbose_name': 'difference',
                'verbose_name_plural': 'differences',
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('payout', 'Payment to a buyer'), ('top_up', 'Budget topped up'), ('withdrawal', 'Budget lowered'), ('compensation', 'Paid back to the merchant'), ('reversal', 'Payment came back'), ('write_off', 'Written off'), ('recovery', 'Written off and come back after all')], max_length=30, verbose_name='purpose')),
                ('topic_id', models.UUIDField(editable=False)),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='amount')),
                ('phase', models.CharField(choices=[('pending', 'Reserved'), ('posted', 'Posted'), ('voided', 'Voided')], default='pending', max_length=10, verbose_name='phase')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('resolved_at', models.DateTimeField(null=True, verbose_name='resolved')),
                ('credit_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.ledgeraccount')),
                ('debit_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.ledgeraccount')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='payments.payment')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'indexes': [models.Index(fields=['store', 'topic_id'], name='transfer_of_topic')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='transfer_amount_positive'), models.CheckConstraint(condition=models.Q(('debit_account', models.F('credit_account')), _negated=True), name='transfer_two_accounts'), models.CheckConstraint(condition=models.Q(models.Q(('phase', 'pending'), ('resolved_at__isnull', True)), models.Q(('phase__in', ['posted', 'voided']), ('resolved_at__isnull', False)), _connector='OR'), name='transfer_resolved_with_phase'), models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('purpose__in', ('payout', 'reversal', 'write_off', 'recovery'))), models.Q(models.Q(('purpose__in', ('payout', 'reversal', 'write_off', 'recovery')), _negated=True), ('payment__isnull', True)), _connector='OR'), name='transfer_payout_has_payment'), models.UniqueConstraint(condition=models.Q(('phase', 'voided'), _negated=True), fields=('payment', 'purpose'), name='transfer_one_live_per_payment')],
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('balance', common.money.MoneyField(decimal_places=2, default=Decimal('0.00'), max_digits=12, verbose_name='balance')),
                ('reserved', common.money.MoneyField(decimal_places=2, default=Decimal('0.00'), max_digits=12, verbose_name='reserved')),
                ('tops_up', models.BooleanField(default=False, verbose_name='automatic top-up')),
                ('threshold', common.money.MoneyField(decimal_places=2, default=Decimal('0.00'), max_digits=12, verbose_name='threshold')),
                ('top_up_amount', common.money.MoneyField(decimal_places=2, default=Decimal('0.00'), max_digits=12, verbose_name='top-up amount')),
                ('short_since', models.DateTimeField(null=True, verbose_name='spent since')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'service budget',
                'verbose_name_plural': 'service budgets',
                'constraints': [models.UniqueConstraint(fields=('store',), name='budget_once_per_store'), models.CheckConstraint(condition=models.Q(('reserved__gte', 0), ('reserved__lte', models.F('balance'))), name='budget_reserved_within_balance'), models.CheckConstraint(condition=models.Q(('threshold__gte', 0), models.Q(models.Q(('top_up_amount__gte', 0), ('tops_up', False)), ('top_up_amount__gt', 0), _connector='OR')), name='budget_top_up_has_amount')],
            },
        ),
        migrations.CreateModel(
            name='DayAllowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='day')),
                ('limit', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='limit')),
                ('used', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20, verbose_name='used')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': "day's allowance",
                'verbose_name_plural': "days' allowances",
                'constraints': [models.UniqueConstraint(fields=('store', 'date'), name='day_allowance_once'), models.CheckConstraint(condition=models.Q(('used__gte', 0)), name='day_allowance_used_not_negative')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transfer',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1bf50c7be1af65055f31c0de4bc432931b0ec01d', operation='DELETE', pgid='pgtrigger_no_delete_3afe9', table='payments_transfer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transfer',
            trigger=pgtrigger.compiler.Trigger(name='resolve_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.phase <> 'pending' OR (OLD.id, OLD.store_id, OLD.payment_id, OLD.debit_account_id, OLD.credit_account_id, OLD.amount, OLD.created_at, OLD.purpose, OLD.topic_id) IS DISTINCT FROM (NEW.id, NEW.store_id, NEW.payment_id, NEW.debit_account_id, NEW.credit_account_id, NEW.amount, NEW.created_at, NEW.purpose, NEW.topic_id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='68f31dce0a6601e8d896a0b1ae4cdda78b1917c2', operation='UPDATE', pgid='pgtrigger_resolve_once_b527c', table='payments_transfer', when='BEFORE')),
        ),
        secure_table("payments_ledgeraccount"),
        secure_table("payments_payment"),
        secure_table("payments_transfer"),
        referable("payments_ledgeraccount"),
        referable("payments_payment"),
        same_store("payments_payment", "order_id", "orders_order"),
        same_store("payments_transfer", "payment_id", "payments_payment"),
        same_store("payments_transfer", "debit_account_id", "payments_ledgeraccount"),
        same_store("payments_transfer", "credit_account_id", "payments_ledgeraccount"),
        secure_table("payments_paymentterms"),
        secure_table("payments_dayallowance"),
        secure_table("payments_budget"),
        referable("payments_budget"),
    ]
