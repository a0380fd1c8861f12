"""Orders that are known only from a marketplace's copy of a refund are marked, and no warehouse's.

The column that says what awaits shipping is generated: it is made anew, with the indexes that follow it.
"""

import django.db.models.expressions
from django.db import migrations, models

TO_SHIP = models.Q(("awaits_shipping", True))
INDEXES = [
    models.Index(condition=TO_SHIP, fields=["store", "ship_by"], name="order_to_ship"),
    models.Index(
        "store",
        django.db.models.expressions.OrderBy(
            django.db.models.expressions.ExpressionWrapper(
                models.Q(("is_urged", True), ("resumed_at__isnull", False)), output_field=models.BooleanField()
            ),
            descending=True,
        ),
        "ship_by",
        "id",
        condition=TO_SHIP,
        name="order_shipping_queue",
    ),
    models.Index(
        condition=models.Q(("awaits_shipping", True), ("is_urged", True)), fields=["store", "ship_by"], name="order_urged"
    ),
    models.Index(
        condition=models.Q(("awaits_shipping", True), ("is_priority", True)), fields=["store", "ship_by"], name="order_priority"
    ),
    models.Index(
        condition=models.Q(("awaits_shipping", True), ("rule_ship_by__isnull", False)), fields=["store", "ship_by"], name="order_delayed"
    ),
    models.Index(
        condition=models.Q(("awaits_shipping", True), ("late_at__isnull", True)), fields=["ship_by"], name="order_becoming_late"
    ),
]


class Migration(migrations.Migration):
    dependencies = [("orders", "0016_corrected_numbers")]

    operations = [
        *(migrations.RemoveIndex(model_name="order", name=index.name) for index in INDEXES),
        migrations.RemoveField(model_name="order", name="awaits_shipping"),
        migrations.AddField(
            model_name="order",
            name="is_masked",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="address masked"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="awaits_shipping",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.ExpressionWrapper(
                    models.Q(
                        ("is_masked", False),
                        ("status", "unshipped"),
                        models.Q(
                            ("claimed_amount__lt", models.F("paid_amount")), ("paid_amount", 0), _connector="OR"
                        ),
                    ),
                    models.BooleanField(),
                ),
                output_field=models.BooleanField(),
            ),
        ),
        *(migrations.AddIndex(model_name="order", index=index) for index in INDEXES),
        migrations.AlterField(
            model_name='owedparcel',
            name='status',
            field=models.CharField(choices=[('awaiting_return', "Awaiting the buyer's return"), ('owed', 'To be sent'), ('shipped', 'Sent'), ('cancelled', 'Not owed any more')], default='owed', max_length=20, verbose_name='status'),
        ),
    ]
