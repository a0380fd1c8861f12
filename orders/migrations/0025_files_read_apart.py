"""Uploaded files wait in pieces for a worker to read them, and a file knows why it can't be read."""

import django.db.models.deletion
from django.db import migrations, models

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0024_parcel_sku'),
        ('stores', '0022_second_factor'),
    ]

    operations = [
        migrations.AddField(
            model_name='shipmentimport',
            name='ships_at_once',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='shipmentimport',
            name='unreadable',
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='shipmentimport',
            name='status',
            field=models.CharField(choices=[('reading', 'Being read'), ('unreadable', "Can't be read"), ('checked', 'Waits for your confirmation'), ('running', 'Being imported'), ('done', 'Imported'), ('failed', 'Nothing imported')], default='reading', max_length=20, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='shipmentimport',
            name='total',
            field=models.PositiveIntegerField(default=0, verbose_name='rows'),
        ),
        migrations.AlterField(
            model_name='shipmentimport',
            name='wrong',
            field=models.PositiveIntegerField(default=0, verbose_name='rows with errors'),
        ),
        migrations.CreateModel(
            name='FilePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('content', models.BinaryField()),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orders.shipmentimport')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'part of an uploaded file',
                'verbose_name_plural': 'parts of an uploaded file',
                'constraints': [models.UniqueConstraint(fields=('job', 'place'), name='file_part_place_once')],
            },
        ),
        secure_table("orders_filepart"),
        same_store("orders_filepart", "job_id", "orders_shipmentimport"),
    ]
