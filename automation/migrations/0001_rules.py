"""Rules of stores, their versions, and what came of them."""

import common.ids
import common.money
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('refunds', '0033_parcels'),
        ('stores', '0024_people_and_letters'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoreRule',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('place', models.PositiveSmallIntegerField(verbose_name='place')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('live', 'On'), ('off', 'Off')], default='draft', max_length=10, verbose_name='status')),
                ('draft', models.JSONField(editable=False)),
                ('version', models.PositiveSmallIntegerField(default=0, verbose_name='version')),
                ('live_since', models.DateTimeField(null=True, verbose_name='on since')),
                ('created_at', models.DateTimeField(verbose_name='made')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'automatic rule',
                'verbose_name_plural': 'automatic rules',
            },
        ),
        migrations.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveSmallIntegerField(default=0, verbose_name='version')),
                ('outcome', models.CharField(choices=[('unmatched', 'No rule is about it'), ('acted', 'Acted'), ('held_out', 'Held out to compare'), ('capped', "The day's limit was reached"), ('refused', 'Not possible')], max_length=10, verbose_name='outcome')),
                ('act', models.CharField(blank=True, choices=[('offer', 'Send an offer'), ('approve', 'Approve'), ('refuse', 'Refuse with a reason'), ('ask_evidence', 'Ask the buyer for evidence'), ('ask_platform', 'Ask the platform to step in')], max_length=20, verbose_name='act')),
                ('why', models.JSONField(default=str, editable=False, verbose_name='why not')),
                ('asked', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='asked')),
                ('given', common.money.MoneyField(decimal_places=2, default=Decimal('0.00'), max_digits=12, verbose_name='given at most')),
                ('day', models.DateField(verbose_name='day')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.refund', verbose_name='refund')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('rule', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='automation.storerule', verbose_name='rule')),
            ],
            options={
                'verbose_name': 'ruling',
                'verbose_name_plural': 'rulings',
            },
        ),
        migrations.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('says', models.JSONField(editable=False)),
                ('published_at', models.DateTimeField(verbose_name='published')),
                ('published_by', models.CharField(max_length=150, verbose_name='published by')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='automation.storerule', verbose_name='rule')),
            ],
            options={
                'verbose_name': 'version of a rule',
                'verbose_name_plural': 'versions of rules',
            },
        ),
        migrations.AddIndex(
            model_name='storerule',
            index=models.Index(fields=['store', 'place'], name='store_rule_in_turn'),
        ),
        migrations.AddIndex(
            model_name='storerule',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['store'], name='store_rule_live'),
        ),
        migrations.AddConstraint(
            model_name='storerule',
            constraint=models.UniqueConstraint(fields=('store', 'name'), name='store_rule_name_once'),
        ),
        migrations.AddConstraint(
            model_name='storerule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'live'), _negated=True), models.Q(('live_since__isnull', False), ('version__gt', 0)), _connector='OR'), name='store_rule_live_is_published'),
        ),
        migrations.AddIndex(
            model_name='ruling',
            index=models.Index(fields=['store', 'rule', 'day', 'outcome'], name='ruling_of_rule_and_day'),
        ),
        migrations.AddConstraint(
            model_name='ruling',
            constraint=models.UniqueConstraint(fields=('store', 'refund'), name='ruling_once_per_refund'),
        ),
        migrations.AddConstraint(
            model_name='ruling',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'unmatched'), ('rule__isnull', True), ('version', 0)), models.Q(models.Q(('outcome', 'unmatched'), _negated=True), ('rule__isnull', False), ('version__gt', 0)), _connector='OR'), name='ruling_of_a_rule'),
        ),
        migrations.AddIndex(
            model_name='ruleversion',
            index=models.Index(fields=['store', 'rule', '-number'], name='rule_version_newest'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.UniqueConstraint(fields=('rule', 'number'), name='rule_version_once'),
        ),
        secure_table("automation_storerule"),
        secure_table("automation_ruleversion"),
        secure_table("automation_ruling"),
        referable("automation_storerule"),
        same_store("automation_ruleversion", "rule_id", "automation_storerule"),
        same_store("automation_ruling", "rule_id", "automation_storerule"),
        same_store("automation_ruling", "refund_id", "refunds_refund"),
    ]
