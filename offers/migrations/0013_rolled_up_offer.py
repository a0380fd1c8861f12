"""A rolled-up offer gets a name of its own; its table stays, so that code from before the change goes on working."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("offers", "0012_callable_choices")]

    operations = [
        migrations.AlterModelTable(name="outcome", table="offers_outcome"),
        migrations.RenameModel(old_name="Outcome", new_name="RolledUpOffer"),
    ]
