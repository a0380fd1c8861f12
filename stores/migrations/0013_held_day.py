"""The day that runs while a store's time zone has just changed (docs/adr/0027)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0012_demo_by_default'),
    ]

    operations = [
        migrations.AddField(
            model_name='store',
            name='held_day',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='store',
            name='held_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_day', None), ('held_until', None)), models.Q(('held_day__isnull', False), ('held_until__isnull', False)), _connector='OR'), name='store_held_day_has_end'),
        ),
    ]
