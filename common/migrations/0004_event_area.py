"""Which part of the set-up an event changes, and the lists of those events."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_event_of_the_platform"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="area",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("area", ""), _negated=True), fields=["store", "-id"], name="event_changes"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("area", ""), _negated=True), fields=["-id"], name="event_changes_of_all"
            ),
        ),
    ]
