"""The tables of offers, coupons and figures, made at once. A database of an earlier release has made them step by step."""

import datetime
import common.ids
import common.money
import django.db.models.deletion
import django.db.models.expressions
import offers.registry
import pgtrigger.compiler
import pgtrigger.migrations
import stores.marketplaces
from decimal import Decimal
from django.db import migrations, models

from common.tenancy_sql import referable, same_store, secure_table


LAUNCH = datetime.date(2025, 6, 1)
RED_PACKETS = datetime.date(2025, 9, 1)


def load_switches(apps, schema_editor):
    switch = apps.get_model("offers", "MarketplaceMethod")
    methods = ["reassurance", "coupon", "exchange", "gift", "partial_refund", "reship"]
    dates = {**dict.fromkeys(methods, LAUNCH), "red_packet": RED_PACKETS}
    switch.objects.bulk_create(
        switch(marketplace="tmall", method=method, available_from=date) for method, date in dates.items()
    )


class Migration(migrations.Migration):

    replaces = [('offers', '0001_initial'), ('offers', '0002_tenancy'), ('offers', '0003_retention'), ('offers', '0004_retention_tenancy'), ('offers', '0005_bulk'), ('offers', '0006_bulk_tenancy'), ('offers', '0007_bulk_language'), ('offers', '0008_stay'), ('offers', '0009_sent_facts'), ('offers', '0010_insights'), ('offers', '0011_insights_tenancy'), ('offers', '0012_callable_choices'), ('offers', '0013_rolled_up_offer'), ('offers', '0014_method_facts'), ('offers', '0015_worker_leases'), ('offers', '0016_wide_sums'), ('offers', '0017_bulk_row_left_out'), ('offers', '0018_lapsed_offers'), ('offers', '0019_reserved_coupons'), ('offers', '0020_coupon_ends')]

    initial = True

    dependencies = [
        ('common', '0001_squashed_0005_setbacks'),
        ('orders', '0001_squashed_0016_corrected_numbers'),
        ('refunds', '0001_squashed_0024_claims_without_refund'),
        ('stores', '0001_squashed_0013_held_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkJob',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('actor', models.JSONField()),
                ('language', models.CharField(default='en', editable=False, max_length=10)),
                ('total', models.PositiveIntegerField(verbose_name='total')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'bulk sending',
                'verbose_name_plural': 'bulk sendings',
                'indexes': [models.Index(fields=['store', '-id'], name='bulk_job_newest'), models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['id'], name='bulk_job_open')],
            },
        ),
        migrations.CreateModel(
            name='CostRates',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('valid_from', models.DateTimeField(verbose_name='valid from')),
                ('return_freight', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='return freight')),
                ('handling', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='handling of a return')),
                ('agent_minutes', models.PositiveSmallIntegerField(verbose_name="agent's minutes per case")),
                ('agent_hourly', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name="agent's hour")),
                ('consultation', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='consultation per case')),
                ('acquisition', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='acquisition of an order')),
                ('outbound_freight', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='outbound freight')),
                ('stock_loss_percent', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='stock loss in per cent')),
                ('set_by', models.CharField(blank=True, max_length=150, verbose_name='set by')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'cost rates',
                'verbose_name_plural': 'cost rates',
                'indexes': [models.Index(fields=['store', '-valid_from', '-id'], name='cost_rates_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('acquisition__gte', 0), ('agent_hourly__gte', 0), ('consultation__gte', 0), ('handling__gte', 0), ('outbound_freight__gte', 0), ('return_freight__gte', 0)), name='cost_rates_not_negative'), models.CheckConstraint(condition=models.Q(('stock_loss_percent__gte', 0), ('stock_loss_percent__lte', 100)), name='cost_rates_percent')],
            },
        ),
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('channel', models.CharField(choices=[('smart_retention', 'Platform smart recommended retention'), ('refund_retention', 'Refund retention'), ('general', 'General use')], max_length=20, verbose_name='channel')),
                ('amount_off', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='amount off')),
                ('min_spend', common.money.MoneyField(decimal_places=2, default=Decimal('0.00'), max_digits=12, verbose_name='from a purchase of')),
                ('valid_from', models.DateTimeField(verbose_name='valid from')),
                ('valid_until', models.DateTimeField(verbose_name='valid until')),
                ('quantity', models.PositiveIntegerField(verbose_name='quantity')),
                ('granted', models.PositiveIntegerField(default=0, editable=False, verbose_name='granted')),
                ('reserved', models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name='promised')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'coupon',
                'verbose_name_plural': 'coupons',
                'indexes': [models.Index(fields=['store', '-id'], name='coupon_newest'), models.Index(fields=['store', 'channel', 'valid_until'], name='coupon_usable')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_off__gt', 0)), name='coupon_amount_positive'), models.CheckConstraint(condition=models.Q(('min_spend__gte', 0)), name='coupon_threshold_not_negative'), models.CheckConstraint(condition=models.Q(('valid_until__gt', models.F('valid_from'))), name='coupon_validity'), models.CheckConstraint(condition=models.Q(('quantity__gte', django.db.models.expressions.CombinedExpression(models.F('granted'), '+', models.F('reserved')))), name='coupon_promised_within_quantity')],
            },
        ),
        migrations.CreateModel(
            name='DailyLoss',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField()),
                ('marketplace', models.CharField(choices=stores.marketplaces.choices, max_length=20)),
                ('reason', models.CharField(choices=[('changed_mind', 'Changed mind'), ('wrong_purchase', 'Wrong purchase'), ('wrong_address', 'Wrong address'), ('slow_logistics', 'Slow logistics'), ('not_delivered', 'Not delivered'), ('parcel_lost', 'Parcel lost'), ('seller_delay', "Seller's delay"), ('minor_flaw', 'Minor flaw'), ('packaging_damaged', 'Packaging damaged'), ('missing_parts', 'Missing parts'), ('wrong_item', 'Wrong item'), ('quality', 'Quality'), ('not_as_described', 'Not as described'), ('no_reason_7d', '7 days, no reason'), ('other', 'Other')], max_length=30)),
                ('refunds', models.IntegerField(default=0)),
                ('sale', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('acquisition', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('outbound_freight', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('return_freight', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('handling', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('stock_loss', common.money.MoneySumField(decimal_places=2, default=Decimal('0.00'), max_digits=20)),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'indexes': [models.Index(fields=['date', 'marketplace'], name='daily_loss_all')],
                'constraints': [models.UniqueConstraint(fields=('store', 'date', 'reason'), name='daily_loss_once'), models.CheckConstraint(condition=models.Q(('refunds__gte', 0), ('sale__gte', 0)), name='daily_loss_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='DailyRetention',
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
                ('marketplace', models.CharField(choices=stores.marketplaces.choices, max_length=20)),
                ('method', models.CharField(max_length=30)),
                ('reason', models.CharField(choices=[('changed_mind', 'Changed mind'), ('wrong_purchase', 'Wrong purchase'), ('wrong_address', 'Wrong address'), ('slow_logistics', 'Slow logistics'), ('not_delivered', 'Not delivered'), ('parcel_lost', 'Parcel lost'), ('seller_delay', "Seller's delay"), ('minor_flaw', 'Minor flaw'), ('packaging_damaged', 'Packaging damaged'), ('missing_parts', 'Missing parts'), ('wrong_item', 'Wrong item'), ('quality', 'Quality'), ('not_as_described', 'Not as described'), ('no_reason_7d', '7 days, no reason'), ('other', 'Other')], max_length=30)),
                ('agent', models.CharField(max_length=64)),
                ('agent_label', models.CharField(blank=True, max_length=150)),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'money kept',
                'verbose_name_plural': 'money kept',
                'indexes': [models.Index(fields=['date', 'marketplace'], name='daily_retention_all')],
                'constraints': [models.UniqueConstraint(fields=('store', 'date', 'method', 'reason', 'agent', 'agent_label'), name='daily_retention_once'), models.CheckConstraint(condition=models.Q(('accepted__gte', 0), ('accepted__lte', models.F('answered')), ('answered__lte', models.F('offers'))), name='daily_retention_accepted_within_answered')],
            },
        ),
        migrations.CreateModel(
            name='MarketplaceAcceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('marketplace', models.CharField(choices=stores.marketplaces.choices, max_length=20)),
                ('reason', models.CharField(choices=[('changed_mind', 'Changed mind'), ('wrong_purchase', 'Wrong purchase'), ('wrong_address', 'Wrong address'), ('slow_logistics', 'Slow logistics'), ('not_delivered', 'Not delivered'), ('parcel_lost', 'Parcel lost'), ('seller_delay', "Seller's delay"), ('minor_flaw', 'Minor flaw'), ('packaging_damaged', 'Packaging damaged'), ('missing_parts', 'Missing parts'), ('wrong_item', 'Wrong item'), ('quality', 'Quality'), ('not_as_described', 'Not as described'), ('no_reason_7d', '7 days, no reason'), ('other', 'Other')], max_length=30)),
                ('method', models.CharField(max_length=30)),
                ('ended', models.PositiveBigIntegerField(default=0)),
                ('accepted', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('marketplace', 'reason', 'method'), name='marketplace_acceptance_once')],
            },
        ),
        migrations.CreateModel(
            name='MarketplaceMethod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('marketplace', models.CharField(choices=stores.marketplaces.choices, max_length=20, verbose_name='marketplace')),
                ('method', models.CharField(choices=offers.registry.method_choices, max_length=30, verbose_name='method')),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
                ('available_from', models.DateField(verbose_name='available from')),
            ],
            options={
                'verbose_name': 'method of a marketplace',
                'verbose_name_plural': 'methods of marketplaces',
                'ordering': ['marketplace', 'available_from', 'method'],
                'constraints': [models.UniqueConstraint(fields=('marketplace', 'method'), name='marketplace_method_once')],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('method', models.CharField(choices=offers.registry.method_choices, max_length=30, verbose_name='method')),
                ('status', models.CharField(choices=[('pending', 'Waiting for the buyer'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'Expired'), ('withdrawn', 'Withdrawn')], default='pending', max_length=20, verbose_name='status')),
                ('message', models.CharField(blank=True, max_length=1000, verbose_name='message to the buyer')),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12, null=True, verbose_name='amount')),
                ('agreed_with_buyer', models.BooleanField(default=False, verbose_name='agreed with the buyer beforehand')),
                ('due_at', models.DateTimeField(verbose_name='expires')),
                ('created_at', models.DateTimeField(verbose_name='sent')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered')),
                ('once_as', models.CharField(blank=True, db_default='', default='', editable=False, max_length=30)),
                ('is_counted', models.BooleanField(default=False, editable=False)),
                ('sent_by', models.CharField(editable=False, max_length=64, verbose_name='sent by')),
                ('sent_by_kind', models.CharField(editable=False, max_length=20)),
                ('sent_by_label', models.CharField(blank=True, editable=False, max_length=150, verbose_name='sent by')),
                ('sent_on', models.DateField(editable=False)),
                ('reason', models.CharField(choices=[('changed_mind', 'Changed mind'), ('wrong_purchase', 'Wrong purchase'), ('wrong_address', 'Wrong address'), ('slow_logistics', 'Slow logistics'), ('not_delivered', 'Not delivered'), ('parcel_lost', 'Parcel lost'), ('seller_delay', "Seller's delay"), ('minor_flaw', 'Minor flaw'), ('packaging_damaged', 'Packaging damaged'), ('missing_parts', 'Missing parts'), ('wrong_item', 'Wrong item'), ('quality', 'Quality'), ('not_as_described', 'Not as described'), ('no_reason_7d', '7 days, no reason'), ('other', 'Other')], editable=False, max_length=30, verbose_name='reason')),
                ('asked_kind', models.CharField(choices=[('refund_only', 'Refund only'), ('return_and_refund', 'Return and refund'), ('exchange', 'Exchange')], editable=False, max_length=20)),
                ('asked_amount', common.money.MoneyField(decimal_places=2, editable=False, max_digits=12)),
                ('product_price', common.money.MoneyField(decimal_places=2, editable=False, max_digits=12, null=True)),
                ('has_lapsed', models.BooleanField(db_default=False, default=False, editable=False, verbose_name="couldn't be kept")),
                ('is_rolled', models.BooleanField(db_default=False, default=False, editable=False)),
                ('product', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.product', verbose_name='product')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.refund')),
                ('return_address', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.returnaddress', verbose_name='return address')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'offer',
                'verbose_name_plural': 'offers',
                'indexes': [models.Index(fields=['store', '-id'], name='offer_newest'), models.Index(fields=['store', 'refund'], name='offer_of_refund'), models.Index(condition=models.Q(('status', 'pending')), fields=['due_at'], name='offer_due'), models.Index(condition=models.Q(('amount__gt', models.F('asked_amount')), ('status', 'pending')), fields=['id'], name='offer_above_asked'), models.Index(condition=models.Q(('is_counted', False), ('status__in', ['accepted', 'declined', 'expired'])), fields=['id'], name='offer_to_count'), models.Index(condition=models.Q(('is_rolled', False)), fields=['store', 'sent_on'], name='offer_not_rolled'), models.Index(condition=models.Q(('is_rolled', False), models.Q(('status', 'pending'), _negated=True)), fields=['id'], name='offer_to_roll')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('refund',), name='offer_one_pending_per_refund'), models.UniqueConstraint(condition=models.Q(('once_as', ''), _negated=True), fields=('refund', 'once_as'), name='offer_once_per_refund'), models.CheckConstraint(condition=models.Q(('amount__isnull', True), ('amount__gt', 0), _connector='OR'), name='offer_amount_positive')],
            },
        ),
        migrations.CreateModel(
            name='CouponGrant',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('buyer_id', models.CharField(max_length=64, verbose_name='buyer id')),
                ('granted_by', models.CharField(blank=True, db_default='', default='', max_length=150, verbose_name='granted by')),
                ('granted_at', models.DateTimeField(verbose_name='granted')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('coupon', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offers.coupon')),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('offer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offers.offer')),
            ],
            options={
                'verbose_name': 'granted coupon',
                'verbose_name_plural': 'granted coupons',
                'indexes': [models.Index(fields=['store', 'buyer_id'], name='coupon_grant_of_buyer'), models.Index(fields=['store', 'order', '-id'], name='coupon_grant_of_order'), models.Index(fields=['store', 'coupon', '-id'], name='coupon_grant_of_coupon')],
                'constraints': [models.UniqueConstraint(fields=('offer', 'coupon'), name='coupon_granted_once_per_offer'), models.UniqueConstraint(condition=models.Q(('offer__isnull', True)), fields=('order', 'coupon'), name='coupon_granted_once_per_order')],
            },
        ),
        migrations.CreateModel(
            name='BulkRow',
            fields=[
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('leased_by', models.UUIDField(editable=False, null=True)),
                ('needs_attention', models.BooleanField(default=False, verbose_name='needs attention')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('method', models.CharField(blank=True, choices=offers.registry.method_choices, max_length=30, verbose_name='method')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('refused', 'Refused')], default='waiting', max_length=10, verbose_name='status')),
                ('detail', models.CharField(blank=True, max_length=300, verbose_name='detail')),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='offers.bulkjob')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.refund')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('offer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offers.offer')),
            ],
            options={
                'verbose_name': 'refund of a bulk sending',
                'verbose_name_plural': 'refunds of a bulk sending',
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['job', 'id'], name='bulk_row_waiting'), models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='bulk_row_due')],
                'constraints': [models.UniqueConstraint(fields=('job', 'refund'), name='bulk_row_once')],
            },
        ),
        migrations.CreateModel(
            name='OfferCoupon',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('is_reserved', models.BooleanField(db_default=False, default=False, editable=False)),
                ('coupon', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offers.coupon')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='offers.offer')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('offer', 'coupon'), name='offer_coupon_once')],
            },
        ),
        migrations.CreateModel(
            name='RolledUpOffer',
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
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='offers.offer')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'db_table': 'offers_outcome',
            },
        ),
        migrations.CreateModel(
            name='StoreMethod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=offers.registry.method_choices, max_length=30, verbose_name='method')),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
                ('available_from', models.DateField(verbose_name='available from')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'method of a store',
                'verbose_name_plural': 'methods of stores',
                'ordering': ['method'],
                'constraints': [models.UniqueConstraint(fields=('store', 'method'), name='store_method_once')],
            },
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('changed_mind', 'Changed mind'), ('wrong_purchase', 'Wrong purchase'), ('wrong_address', 'Wrong address'), ('slow_logistics', 'Slow logistics'), ('not_delivered', 'Not delivered'), ('parcel_lost', 'Parcel lost'), ('seller_delay', "Seller's delay"), ('minor_flaw', 'Minor flaw'), ('packaging_damaged', 'Packaging damaged'), ('missing_parts', 'Missing parts'), ('wrong_item', 'Wrong item'), ('quality', 'Quality'), ('not_as_described', 'Not as described'), ('no_reason_7d', '7 days, no reason'), ('other', 'Other')], max_length=30)),
                ('method', models.CharField(max_length=30)),
                ('ended', models.PositiveIntegerField(default=0)),
                ('accepted', models.PositiveIntegerField(default=0)),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('store', 'reason', 'method'), name='acceptance_once'), models.CheckConstraint(condition=models.Q(('accepted__lte', models.F('ended'))), name='acceptance_within_ended')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='costrates',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7709465ac55af1bea6cb5d68f2179e4ddb7730e1', operation='UPDATE OR DELETE', pgid='pgtrigger_kept_0e7a5', table='offers_costrates', when='BEFORE')),
        ),
        secure_table("offers_offer"),
        same_store("offers_offer", "refund_id", "refunds_refund"),
        same_store("offers_offer", "return_address_id", "stores_returnaddress"),
        referable("offers_offer"),
        referable("offers_coupon"),
        secure_table("offers_coupon"),
        secure_table("offers_offercoupon"),
        secure_table("offers_coupongrant"),
        secure_table("offers_storemethod"),
        secure_table("offers_acceptance"),
        same_store("offers_offer", "product_id", "stores_product"),
        same_store("offers_offercoupon", "offer_id", "offers_offer"),
        same_store("offers_offercoupon", "coupon_id", "offers_coupon"),
        same_store("offers_coupongrant", "offer_id", "offers_offer"),
        same_store("offers_coupongrant", "coupon_id", "offers_coupon"),
        same_store("offers_coupongrant", "order_id", "orders_order"),
        referable("offers_bulkjob"),
        secure_table("offers_bulkjob"),
        secure_table("offers_bulkrow"),
        same_store("offers_bulkrow", "job_id", "offers_bulkjob"),
        same_store("offers_bulkrow", "refund_id", "refunds_refund"),
        same_store("offers_bulkrow", "offer_id", "offers_offer"),
        secure_table("offers_costrates"),
        secure_table("offers_outcome"),
        secure_table("offers_dailyretention"),
        secure_table("offers_dailyloss"),
        same_store("offers_outcome", "offer_id", "offers_offer"),
        migrations.RunPython(load_switches, migrations.RunPython.noop),
    ]
