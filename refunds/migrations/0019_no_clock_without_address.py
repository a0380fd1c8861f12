"""A return that was approved without an address waits for one: its buyer's time runs only towards an address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("refunds", "0018_plea")]

    operations = [
        # Deferred checks of the rows that are changed would hold up the constraint.
        migrations.RunSQL(
            """
            SELECT set_config('wanliu.stores', '*', true);
            UPDATE refunds_refund SET due_at = NULL, due_action = '', needs_attention = true
            WHERE status = 'awaiting_return' AND return_address_id IS NULL;
            SET CONSTRAINTS ALL IMMEDIATE;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "awaiting_return"), _negated=True)
                | models.Q(return_address__isnull=False)
                | models.Q(due_at__isnull=True),
                name="refund_no_return_clock_without_address",
            ),
        ),
    ]
