from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0018_updated_at'),
        ('webhooks', '0001_endpoints'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='delivery_due'),
        ),
    ]
