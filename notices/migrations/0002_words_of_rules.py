"""What a rule tells is kept whole: a longer column, which PostgreSQL makes without reading the table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("notices", "0001_notices"),
    ]

    operations = [
        migrations.AlterField(
            model_name="desknotice",
            name="about",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
    ]
