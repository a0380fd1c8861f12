"""Parcels at the warehouse that no refund announced, and photographs of them (docs/adr/0081)."""

import common.ids
import common.search
import django.db.models.deletion
from django.db import migrations, models

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):

    dependencies = [
        ('refunds', '0037_erasable'),
        ('stores', '0032_unclaimed_days'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnclaimedParcel',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('tracking_number', models.CharField(max_length=64, verbose_name='tracking number')),
                ('tracking_folded', models.GeneratedField(db_persist=True, expression=common.search.Folded('tracking_number'), output_field=models.TextField())),
                ('carrier', models.CharField(blank=True, max_length=50, verbose_name='carrier')),
                ('phone_end', models.CharField(blank=True, max_length=4, verbose_name="last four of the sender's phone")),
                ('goods', models.CharField(blank=True, max_length=64, verbose_name='item or SKU')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('status', models.CharField(choices=[('waiting', 'Waits for its refund'), ('matched', 'Belongs to a refund'), ('sent_back', 'Sent back'), ('written_off', 'Written off')], default='waiting', max_length=20, verbose_name='status')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('recorded_by', models.CharField(max_length=150, verbose_name='recorded by')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('due_at', models.DateTimeField(verbose_name='deadline')),
                ('overdue_at', models.DateTimeField(null=True, verbose_name='overdue since')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('refund', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refunds.refund', verbose_name='refund')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'unclaimed parcel',
                'verbose_name_plural': 'unclaimed parcels',
            },
        ),
        migrations.CreateModel(
            name='ParcelPhoto',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('stored_as', models.CharField(editable=False, max_length=100)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('type', models.CharField(max_length=30, verbose_name='type')),
                ('size', models.PositiveIntegerField(verbose_name='size')),
                ('sha256', models.CharField(max_length=64)),
                ('author', models.CharField(blank=True, max_length=150, verbose_name='author')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('parcel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='refunds.unclaimedparcel', verbose_name='parcel')),
            ],
            options={
                'verbose_name': 'photograph of a parcel',
                'verbose_name_plural': 'photographs of parcels',
            },
        ),
        migrations.AddIndex(
            model_name='unclaimedparcel',
            index=models.Index(fields=['store', 'status', '-id'], name='unclaimed_by_status'),
        ),
        migrations.AddIndex(
            model_name='unclaimedparcel',
            index=models.Index(fields=['store', '-id'], name='unclaimed_newest'),
        ),
        migrations.AddIndex(
            model_name='unclaimedparcel',
            index=models.Index(condition=models.Q(('refund__isnull', False)), fields=['store', 'refund'], name='unclaimed_of_refund'),
        ),
        migrations.AddIndex(
            model_name='unclaimedparcel',
            index=models.Index(fields=['store', 'tracking_folded'], name='unclaimed_tracking_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='unclaimedparcel',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['id'], name='unclaimed_waiting'),
        ),
        migrations.AddIndex(
            model_name='unclaimedparcel',
            index=models.Index(condition=models.Q(('overdue_at__isnull', True), ('status', 'waiting')), fields=['due_at'], name='unclaimed_due'),
        ),
        migrations.AddIndex(
            model_name='unclaimedparcel',
            index=models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['ended_at'], name='unclaimed_ended'),
        ),
        migrations.AddConstraint(
            model_name='unclaimedparcel',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('store', 'tracking_folded'), name='unclaimed_parcel_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='unclaimedparcel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('refund__isnull', False), ('status', 'matched')), models.Q(models.Q(('status', 'matched'), _negated=True), ('refund__isnull', True)), _connector='OR'), name='unclaimed_parcel_matched_with_refund'),
        ),
        migrations.AddConstraint(
            model_name='unclaimedparcel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status', 'waiting')), models.Q(models.Q(('status', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='unclaimed_parcel_ended_with_status'),
        ),
        migrations.AddConstraint(
            model_name='unclaimedparcel',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'matched']), models.Q(('reason', ''), _negated=True), _connector='OR'), name='unclaimed_parcel_has_reason'),
        ),
        migrations.AddIndex(
            model_name='parcelphoto',
            index=models.Index(fields=['store', 'parcel', 'id'], name='parcel_photo_of_parcel'),
        ),
        migrations.AddConstraint(
            model_name='parcelphoto',
            constraint=models.UniqueConstraint(fields=('store', 'stored_as'), name='parcel_photo_file_once'),
        ),
        migrations.AddConstraint(
            model_name='parcelphoto',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'video/mp4'])), name='parcel_photo_type_known'),
        ),
        migrations.AddIndex(
            model_name='unclaimedparcel',
            index=models.Index(condition=models.Q(('overdue_at__isnull', False), ('status', 'waiting')), fields=['overdue_at'], name='unclaimed_attention'),
        ),
        secure_table("refunds_unclaimedparcel"),
        referable("refunds_unclaimedparcel"),
        same_store("refunds_unclaimedparcel", "refund_id", "refunds_refund"),
        secure_table("refunds_parcelphoto"),
        same_store("refunds_parcelphoto", "parcel_id", "refunds_unclaimedparcel"),
    ]
