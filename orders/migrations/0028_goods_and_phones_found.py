"""The last four of the receiver's phone and what was bought, as searches look at them (docs/adr/0065)."""

import common.search
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0027_parts_of_files'),
        ('stores', '0024_people_and_letters'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='phone_end',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Right(common.search.Folded('address_phone'), 4), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='orderline',
            name='sku_folded',
            field=models.GeneratedField(db_persist=True, expression=common.search.Folded('sku'), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('phone_end', ''), _negated=True), fields=['store', 'phone_end'], name='order_phone_end'),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=models.Index(fields=['store', 'item_id'], name='order_line_item_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=models.Index(condition=models.Q(('sku_folded', ''), _negated=True), fields=['store', 'sku_folded'], name='order_line_sku_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
    ]
