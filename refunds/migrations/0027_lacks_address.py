"""Returns that wait for an address are found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0016_corrected_numbers'),
        ('refunds', '0026_refunded_on'),
        ('stores', '0014_retired_addresses'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('return_address__isnull', True), ('status', 'awaiting_return')), fields=['store'], name='refund_lacks_address'),
        ),
    ]
