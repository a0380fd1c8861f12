"""The day on which a refund was refunded, on the calendar that its store had then."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('refunds', '0025_followed'),
    ]

    operations = [
        migrations.AddField(
            model_name='refund',
            name='refunded_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.RunSQL(
            """
            SELECT set_config('wanliu.stores', '*', true);
            UPDATE refunds_refund r SET refunded_on = (r.resolved_at AT TIME ZONE s.time_zone)::date
            FROM stores_store s WHERE s.id = r.store_id AND r.status = 'refunded';
            """,
            migrations.RunSQL.noop,
        ),
    ]
