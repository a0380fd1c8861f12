"""What searches look at, folded (docs/adr/0043). The orders are written anew once for all five columns."""

import common.search
from django.db import migrations, models

COLUMNS = {
    "number_folded": "number",
    "buyer_folded": "buyer_name",
    "tracking_folded": "tracking_number",
    "receiver_folded": "address_name",
    "phone_folded": "address_phone",
}


def folded(column: str) -> str:
    """How the column is added."""
    made = common.search.Folded.template % {"expressions": COLUMNS[column]}
    return f"ADD COLUMN {column} text GENERATED ALWAYS AS ({made}) STORED"


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0022_kept_sentences'),
        ('stores', '0018_updated_at'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='order',
            name='order_number_start',
        ),
        migrations.RemoveIndex(
            model_name='order',
            name='order_buyer_start',
        ),
        migrations.RemoveIndex(
            model_name='order',
            name='order_tracking_start',
        ),
        migrations.RemoveIndex(
            model_name='order',
            name='order_phone_start',
        ),
        migrations.RemoveIndex(
            model_name='order',
            name='order_receiver_start',
        ),
        migrations.RemoveIndex(
            model_name='owedparcel',
            name='parcel_tracking_start',
        ),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"ALTER TABLE orders_order {', '.join(map(folded, COLUMNS))}",
                    f"ALTER TABLE orders_order {', '.join(f'DROP COLUMN {column}' for column in COLUMNS)}",
                )
            ],
            [
                migrations.AddField(
                    "order",
                    column,
                    models.GeneratedField(
                        expression=common.search.Folded(source), output_field=models.TextField(), db_persist=True
                    ),
                )
                for column, source in COLUMNS.items()
            ],
        ),
        migrations.AddField(
            model_name='owedparcel',
            name='tracking_folded',
            field=models.GeneratedField(db_persist=True, expression=common.search.Folded('tracking_number'), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['store', 'number_folded'], name='order_number_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['store', 'buyer_folded'], name='order_buyer_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['store', 'tracking_folded'], name='order_tracking_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('phone_folded', ''), _negated=True), fields=['store', 'phone_folded'], name='order_phone_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('receiver_folded', ''), _negated=True), fields=['store', 'receiver_folded'], name='order_receiver_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='owedparcel',
            index=models.Index(condition=models.Q(('tracking_folded', ''), _negated=True), fields=['store', 'tracking_folded'], name='parcel_tracking_start', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
    ]
