"""When a coupon that was granted for keeping an order ended with the order's full refund."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('offers', '0019_reserved_coupons'),
    ]

    operations = [
        migrations.AddField(
            model_name='coupongrant',
            name='ended_at',
            field=models.DateTimeField(null=True, verbose_name='ended'),
        ),
    ]
