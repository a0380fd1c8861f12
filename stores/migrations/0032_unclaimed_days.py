"""In how many days somebody finds out whose a parcel is that nobody announced (docs/adr/0081)."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0031_amounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='store',
            name='unclaimed_days',
            field=models.PositiveSmallIntegerField(db_default=14, default=14, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(180)], verbose_name='days for unclaimed parcels'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('unclaimed_days__range', (1, 180))), name='store_unclaimed_days_in_bounds'),
        ),
    ]
