"""Whether a store shares new refunds out, and whose turn it is (docs/adr/0065)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0024_people_and_letters'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='turn',
            field=models.PositiveBigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='store',
            name='shares_out_refunds',
            field=models.BooleanField(db_default=False, default=False, verbose_name='share new refunds out in turn'),
        ),
    ]
