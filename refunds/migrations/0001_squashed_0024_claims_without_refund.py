"""The tables of refunds and what they bring, made at once. A database of an earlier release has made them step by step."""

import common.ids
import common.money
import django.db.models.deletion
import orders.models.lines
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):

    replaces = [('refunds', '0001_initial'), ('refunds', '0002_tenancy'), ('refunds', '0003_retention'), ('refunds', '0004_messages_tenancy'), ('refunds', '0005_programme'), ('refunds', '0006_disputes'), ('refunds', '0007_disputes_tenancy'), ('refunds', '0008_shipments'), ('refunds', '0009_shipments_tenancy'), ('refunds', '0010_loss_counted'), ('refunds', '0011_returnless'), ('refunds', '0012_returnless_tenancy'), ('refunds', '0013_quality'), ('refunds', '0014_quality_tenancy'), ('refunds', '0015_evidence_and_appeals'), ('refunds', '0016_evidence_and_appeals_tenancy'), ('refunds', '0017_search_lines'), ('refunds', '0018_plea'), ('refunds', '0019_no_clock_without_address'), ('refunds', '0020_unread'), ('refunds', '0021_instant'), ('refunds', '0022_planned_budget'), ('refunds', '0023_free_exchange'), ('refunds', '0024_claims_without_refund')]

    initial = True

    dependencies = [
        ('orders', '0001_squashed_0016_corrected_numbers'),
        ('payments', '0001_squashed_0015_written_off'),
        ('stores', '0001_squashed_0013_held_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.CharField(max_length=10, verbose_name='version')),
                ('status', models.CharField(choices=[('not_enrolled', 'Not enrolled'), ('earlier', 'On an earlier version'), ('agreed', 'Agreement accepted'), ('budgeted', 'Budget set'), ('top_up_set', 'Automatic top-up set'), ('ready', 'Ready to confirm'), ('confirmed', 'From the next live session on'), ('in_force', 'In force'), ('left', 'Left')], default='not_enrolled', max_length=20, verbose_name='status')),
                ('agreement_version', models.CharField(blank=True, max_length=20, verbose_name='agreement')),
                ('agreement_at', models.DateTimeField(null=True, verbose_name='accepted')),
                ('agreement_by', models.CharField(blank=True, max_length=150, verbose_name='accepted by')),
                ('planned_budget', common.money.MoneyField(decimal_places=2, max_digits=12, null=True, verbose_name='planned budget')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed')),
                ('in_force_since', models.DateTimeField(null=True, verbose_name='in force since')),
                ('left_at', models.DateTimeField(null=True, verbose_name='left')),
                ('budget', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.budget')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'refund without return',
                'verbose_name_plural': 'refund without return',
                'constraints': [models.UniqueConstraint(fields=('store',), name='enrolment_once_per_store'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['confirmed', 'in_force']), _negated=True), models.Q(('agreement_at__isnull', False), ('confirmed_at__isnull', False), models.Q(('agreement_version', ''), _negated=True)), _connector='OR'), name='enrolment_confirmed_with_agreement'), models.CheckConstraint(condition=models.Q(models.Q(('in_force_since__isnull', False), ('status', 'in_force')), models.Q(models.Q(('status', 'in_force'), _negated=True), ('in_force_since__isnull', True)), _connector='OR'), name='enrolment_in_force_has_beginning')],
            },
        ),
        migrations.CreateModel(
            name='CoveredProduct',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('item_id', models.CharField(max_length=20, verbose_name='item id')),
                ('added_at', models.DateTimeField(verbose_name='added')),
                ('holds_since', models.DateTimeField(null=True, verbose_name='covered since')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.product')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('enrolment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.enrolment')),
            ],
            options={
                'verbose_name': 'covered product',
                'verbose_name_plural': 'covered products',
                'constraints': [models.UniqueConstraint(fields=('store', 'item_id'), name='covered_product_once')],
            },
        ),
        migrations.CreateModel(
            name='LiveSession',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('session', models.CharField(max_length=64, verbose_name='live session')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('is_covered', models.BooleanField(verbose_name='under refund without return')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'live session',
                'verbose_name_plural': 'live sessions',
                'indexes': [models.Index(fields=['store', '-started_at'], name='live_session_newest')],
                'constraints': [models.UniqueConstraint(fields=('store', 'session'), name='live_session_once')],
            },
        ),
        migrations.CreateModel(
            name='QualityDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField()),
                ('time_zone', models.CharField(max_length=50)),
                ('orders', models.PositiveIntegerField()),
                ('quality_refunds', models.PositiveIntegerField()),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('store', 'date'), name='quality_day_once')],
            },
        ),
        migrations.CreateModel(
            name='QualityRestriction',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('step', models.CharField(choices=[('demotion', 'Demotion'), ('no_new_listings', 'No new listings'), ('products_off', 'Products taken off')], max_length=20, verbose_name='step')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('rate', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='rate')),
                ('count', models.PositiveIntegerField(verbose_name='quality refunds')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='lifted')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'restriction',
                'verbose_name_plural': 'restrictions',
                'indexes': [models.Index(fields=['store', '-id'], name='restriction_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('store', 'step'), name='restriction_in_force_once'), models.CheckConstraint(condition=models.Q(('lifted_at__isnull', True), ('lifted_at__gte', models.F('since')), _connector='OR'), name='restriction_lifted_after_since')],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('refund_only', 'Refund only'), ('return_and_refund', 'Return and refund'), ('exchange', 'Exchange')], max_length=20, verbose_name='kind')),
                ('reason', models.CharField(choices=[('changed_mind', 'Changed mind'), ('wrong_purchase', 'Wrong purchase'), ('wrong_address', 'Wrong address'), ('slow_logistics', 'Slow logistics'), ('not_delivered', 'Not delivered'), ('parcel_lost', 'Parcel lost'), ('seller_delay', "Seller's delay"), ('minor_flaw', 'Minor flaw'), ('packaging_damaged', 'Packaging damaged'), ('missing_parts', 'Missing parts'), ('wrong_item', 'Wrong item'), ('quality', 'Quality'), ('not_as_described', 'Not as described'), ('no_reason_7d', '7 days, no reason'), ('other', 'Other')], max_length=30, verbose_name='reason')),
                ('description', models.CharField(blank=True, max_length=500, verbose_name='description')),
                ('programme', models.CharField(blank=True, choices=[('returnless', 'Refund without return')], max_length=20, verbose_name='programme')),
                ('negotiating_since', models.DateTimeField(null=True, verbose_name='negotiating since')),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='amount')),
                ('goods', models.CharField(blank=True, choices=[('stopped', 'Not shipped any more'), ('recalled', 'Recalled from their way'), ('exchanged', 'Exchanged')], db_default='', default='', max_length=20, verbose_name='goods')),
                ('status', models.CharField(choices=[('awaiting_merchant', 'Awaiting merchant'), ('awaiting_return', 'Awaiting return'), ('returning', 'Return on its way'), ('recalling', 'Recalling the parcel'), ('refunding', 'Refunding'), ('refunded', 'Refunded'), ('rejected', 'Rejected'), ('disputed', 'Disputed'), ('withdrawn', 'Withdrawn'), ('closed', 'Closed')], default='awaiting_merchant', max_length=20, verbose_name='status')),
                ('due_at', models.DateTimeField(null=True, verbose_name='deadline')),
                ('due_action', models.CharField(blank=True, choices=[('approve', 'approved automatically'), ('close', 'closed'), ('refund', 'refunded automatically')], max_length=20, verbose_name='when the deadline passes')),
                ('rules_name', models.CharField(editable=False, max_length=20)),
                ('rules_version', models.PositiveSmallIntegerField(editable=False)),
                ('resubmissions', models.PositiveSmallIntegerField(default=0, verbose_name='resubmissions')),
                ('return_carrier', models.CharField(blank=True, max_length=50, verbose_name='return carrier')),
                ('return_tracking_number', models.CharField(blank=True, max_length=64, verbose_name='return tracking number')),
                ('rejection_reason', models.CharField(blank=True, max_length=200, verbose_name='why it was rejected')),
                ('inspection_note', models.CharField(blank=True, max_length=200, verbose_name='inspection note')),
                ('is_instant', models.BooleanField(default=False, verbose_name='refunded at once by the platform')),
                ('needs_attention', models.BooleanField(default=False, verbose_name='needs attention')),
                ('unread_by_merchant', models.PositiveIntegerField(default=0, verbose_name='unread messages')),
                ('created_at', models.DateTimeField(verbose_name='requested')),
                ('resolved_at', models.DateTimeField(null=True, verbose_name='resolved')),
                ('is_loss_counted', models.BooleanField(db_default=False, default=False, editable=False)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order', verbose_name='order')),
                ('return_address', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.returnaddress', verbose_name='return address')),
                ('split_from', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.refund', verbose_name='split from')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'refund',
                'verbose_name_plural': 'refunds',
                'indexes': [models.Index(fields=['store', '-id'], name='refund_newest'), models.Index(fields=['store', 'status', '-id'], name='refund_by_status'), models.Index(fields=['store', 'order'], name='refund_of_order'), models.Index(fields=['store', 'return_tracking_number'], name='refund_tracking_start', opclasses=['int8_ops', 'varchar_pattern_ops']), models.Index(condition=models.Q(('split_from__isnull', False)), fields=['store', 'split_from'], name='refund_split_from'), models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='refund_due'), models.Index(condition=models.Q(('due_at__isnull', False)), fields=['store', 'due_at'], name='refund_due_in_store'), models.Index(condition=models.Q(('needs_attention', True)), fields=['store', '-id'], name='refund_attention'), models.Index(condition=models.Q(('is_instant', True)), fields=['store', 'created_at'], name='refund_instant'), models.Index(condition=models.Q(('unread_by_merchant__gt', 0)), fields=['store', '-id'], name='refund_unread'), models.Index(condition=models.Q(('programme', ''), _negated=True), fields=['store', 'programme', '-id'], name='refund_of_programme'), models.Index(condition=models.Q(('is_loss_counted', False), ('status', 'refunded')), fields=['store', 'id'], name='refund_loss_to_count')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0), models.Q(('amount', 0), ('kind', 'exchange')), _connector='OR'), name='refund_amount_positive'), models.CheckConstraint(condition=models.Q(models.Q(('due_action', ''), ('due_at__isnull', True)), models.Q(('due_at__isnull', False), models.Q(('due_action', ''), _negated=True)), _connector='OR'), name='refund_deadline_has_action'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'awaiting_return'), _negated=True), ('return_address__isnull', False), ('due_at__isnull', True), _connector='OR'), name='refund_no_return_clock_without_address')],
            },
            bases=(orders.models.lines.OwnsLines, models.Model),
        ),
        migrations.CreateModel(
            name='QualityRefund',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(choices=[('changed_mind', 'Changed mind'), ('wrong_purchase', 'Wrong purchase'), ('wrong_address', 'Wrong address'), ('slow_logistics', 'Slow logistics'), ('not_delivered', 'Not delivered'), ('parcel_lost', 'Parcel lost'), ('seller_delay', "Seller's delay"), ('minor_flaw', 'Minor flaw'), ('packaging_damaged', 'Packaging damaged'), ('missing_parts', 'Missing parts'), ('wrong_item', 'Wrong item'), ('quality', 'Quality'), ('not_as_described', 'Not as described'), ('no_reason_7d', '7 days, no reason'), ('other', 'Other')], max_length=30, verbose_name='reason')),
                ('policy', models.CharField(choices=[('by_application', "by the buyer's application"), ('verified_fault', 'when the fault is verified')], max_length=20, verbose_name='counted')),
                ('counted_at', models.DateTimeField(verbose_name='counted since')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.refund', verbose_name='refund')),
            ],
            options={
                'verbose_name': 'quality refund',
                'verbose_name_plural': 'quality refunds',
                'indexes': [models.Index(fields=['store', 'counted_at'], name='quality_refund_by_time'), models.Index(fields=['store', '-id'], name='quality_refund_newest')],
                'constraints': [models.UniqueConstraint(fields=('refund',), name='quality_refund_once')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('sender', models.CharField(choices=[('merchant', 'Merchant'), ('buyer', 'Buyer')], max_length=10, verbose_name='from')),
                ('author', models.CharField(blank=True, max_length=150, verbose_name='author')),
                ('text', models.CharField(max_length=1000, verbose_name='text')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='refunds.refund')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'indexes': [models.Index(fields=['store', 'refund', 'id'], name='message_thread')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('merchant', 'Merchant'), ('buyer', 'Buyer')], max_length=10, verbose_name='side')),
                ('stored_as', models.CharField(editable=False, max_length=100)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('type', models.CharField(max_length=30, verbose_name='type')),
                ('size', models.PositiveIntegerField(verbose_name='size')),
                ('sha256', models.CharField(max_length=64)),
                ('author', models.CharField(blank=True, max_length=150, verbose_name='author')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='refunds.refund', verbose_name='refund')),
            ],
            options={
                'verbose_name': 'evidence',
                'verbose_name_plural': 'evidence',
                'indexes': [models.Index(fields=['store', 'refund', 'id'], name='evidence_of_refund')],
                'constraints': [models.UniqueConstraint(fields=('stored_as',), name='evidence_file_once'), models.CheckConstraint(condition=models.Q(('type__in', ['image/jpeg', 'image/png', 'application/pdf'])), name='evidence_type_known')],
            },
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('outcome', models.CharField(blank=True, choices=[('buyer', 'For the buyer'), ('merchant', 'For the merchant'), ('split', 'Split')], max_length=10, verbose_name='outcome')),
                ('note', models.CharField(blank=True, max_length=1000, verbose_name='grounds of the decision')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('plea', models.CharField(db_column='claim', max_length=1000, verbose_name='claim')),
                ('evidence_until', models.DateTimeField(verbose_name='evidence until')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('opened_by', models.CharField(choices=[('merchant', 'Merchant'), ('buyer', 'Buyer')], max_length=10, verbose_name='opened by')),
                ('reply', models.CharField(blank=True, max_length=1000, verbose_name="the other side's reply")),
                ('status', models.CharField(choices=[('open', 'To be decided'), ('decided', 'Decided'), ('withdrawn', 'Withdrawn by the buyer')], default='open', max_length=20, verbose_name='status')),
                ('suggestion', models.JSONField(default=dict, verbose_name='suggestion')),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12, null=True, verbose_name='amount')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='refunds.refund', verbose_name='refund')),
            ],
            options={
                'verbose_name': 'dispute',
                'verbose_name_plural': 'disputes',
                'indexes': [models.Index(fields=['store', '-id'], name='dispute_newest'), models.Index(fields=['store', 'refund'], name='dispute_of_refund'), models.Index(condition=models.Q(('status', 'open')), fields=['store', 'evidence_until'], name='dispute_queue'), models.Index(condition=models.Q(('outcome', 'buyer')), fields=['store', 'decided_at'], name='dispute_lost')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('refund',), name='dispute_one_open_per_refund'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'decided'), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('status', 'decided'), _negated=True), ('outcome', '')), _connector='OR'), name='dispute_outcome_when_decided'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('amount__isnull', False), ('outcome', 'split')), models.Q(models.Q(('outcome', 'split'), _negated=True), ('amount__isnull', True)), _connector='OR'), name='dispute_split_has_amount'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='dispute_ended_with_status')],
            },
        ),
        migrations.CreateModel(
            name='CarrierClaim',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='amount')),
                ('status', models.CharField(choices=[('open', 'Open'), ('paid', 'Paid by the carrier'), ('refused', 'Refused by the carrier')], default='open', max_length=10, verbose_name='status')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed')),
                ('shipment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shipment', verbose_name='shipment')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('refund', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.refund', verbose_name='refund')),
            ],
            options={
                'verbose_name': 'carrier claim',
                'verbose_name_plural': 'carrier claims',
                'indexes': [models.Index(fields=['store', '-id'], name='carrier_claim_newest'), models.Index(fields=['store', 'status', '-id'], name='carrier_claim_by_status'), models.Index(fields=['store', 'refund'], name='carrier_claim_of_refund')],
                'constraints': [models.UniqueConstraint(fields=('shipment',), name='carrier_claim_once_per_parcel'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='carrier_claim_amount_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='carrier_claim_closed_with_status')],
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('outcome', models.CharField(blank=True, choices=[('buyer', 'For the buyer'), ('merchant', 'For the merchant'), ('split', 'Split')], max_length=10, verbose_name='outcome')),
                ('note', models.CharField(blank=True, max_length=1000, verbose_name='grounds of the decision')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('plea', models.CharField(db_column='claim', max_length=1000, verbose_name='claim')),
                ('evidence_until', models.DateTimeField(verbose_name='evidence until')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('ground', models.CharField(choices=[('fake_return', 'Fake return'), ('wrong_goods', 'Wrong goods came back'), ('damaged_goods', 'Damaged goods came back'), ('other', 'Other')], default='other', max_length=20, verbose_name='ground')),
                ('status', models.CharField(choices=[('open', 'To be decided'), ('decided', 'Decided')], default='open', max_length=20, verbose_name='status')),
                ('compensation', common.money.MoneyField(decimal_places=2, default=Decimal('0.00'), max_digits=12, verbose_name='paid back')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='refunds.refund', verbose_name='refund')),
            ],
            options={
                'verbose_name': 'appeal',
                'verbose_name_plural': 'appeals',
                'indexes': [models.Index(fields=['store', '-id'], name='appeal_newest'), models.Index(condition=models.Q(('status', 'open')), fields=['store', 'evidence_until'], name='appeal_queue')],
                'constraints': [models.UniqueConstraint(fields=('refund',), name='appeal_one_per_refund'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('outcome', ''), ('status', 'open')), models.Q(('decided_at__isnull', False), ('status', 'decided'), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='appeal_outcome_when_decided'), models.CheckConstraint(condition=models.Q(models.Q(('compensation__gt', 0), ('outcome__in', ['merchant', 'split'])), models.Q(('compensation', 0), ('outcome__in', ['', 'buyer'])), _connector='OR'), name='appeal_pays_when_upheld')],
            },
        ),
        migrations.CreateModel(
            name='RefundLine',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('quantity', models.PositiveIntegerField(verbose_name='quantity')),
                ('amount', common.money.MoneyField(decimal_places=2, default=Decimal('0.00'), max_digits=12, verbose_name='amount held')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='refunds.refund')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'refund line',
                'verbose_name_plural': 'refund lines',
                'constraints': [models.UniqueConstraint(fields=('refund', 'line'), name='refund_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='refund_line_quantity_positive'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='refund_line_amount_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='ChangedDay',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'indexes': [models.Index(fields=['store', 'date'], name='changed_day')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='qualityrefund',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='aee7685b09c7c62454b21b039a047ad49e8dd99c', operation='UPDATE OR DELETE', pgid='pgtrigger_kept_356e5', table='refunds_qualityrefund', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fa80c228263f0ad30d330203930984912823eba7', operation='UPDATE OR DELETE', pgid='pgtrigger_kept_e3e5b', table='refunds_message', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='evidence',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1bb511708b18d32f6dcb775efd5e044ffd4d9527', operation='UPDATE OR DELETE', pgid='pgtrigger_kept_49647', table='refunds_evidence', when='BEFORE')),
        ),
        secure_table("refunds_refund"),
        secure_table("refunds_refundline"),
        referable("refunds_refund"),
        same_store("refunds_refund", "order_id", "orders_order"),
        same_store("refunds_refund", "return_address_id", "stores_returnaddress"),
        same_store("refunds_refundline", "refund_id", "refunds_refund"),
        same_store("refunds_refundline", "line_id", "orders_orderline"),
        secure_table("refunds_message"),
        same_store("refunds_message", "refund_id", "refunds_refund"),
        secure_table("refunds_dispute"),
        same_store("refunds_dispute", "refund_id", "refunds_refund"),
        secure_table("refunds_carrierclaim"),
        same_store("refunds_carrierclaim", "refund_id", "refunds_refund"),
        same_store("refunds_carrierclaim", "shipment_id", "orders_shipment"),
        same_store("refunds_refund", "split_from_id", "refunds_refund"),
        secure_table("refunds_enrolment"),
        secure_table("refunds_coveredproduct"),
        secure_table("refunds_livesession"),
        referable("refunds_enrolment"),
        same_store("refunds_enrolment", "budget_id", "payments_budget"),
        same_store("refunds_coveredproduct", "enrolment_id", "refunds_enrolment"),
        same_store("refunds_coveredproduct", "product_id", "stores_product"),
        secure_table("refunds_qualityrefund"),
        secure_table("refunds_qualityday"),
        secure_table("refunds_changedday"),
        secure_table("refunds_qualityrestriction"),
        same_store("refunds_qualityrefund", "refund_id", "refunds_refund"),
        secure_table("refunds_evidence"),
        secure_table("refunds_appeal"),
        same_store("refunds_evidence", "refund_id", "refunds_refund"),
        same_store("refunds_appeal", "refund_id", "refunds_refund"),
    ]
