"""Put the wall around the tables of the insights up."""

from django.db import migrations

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [("offers", "0010_insights")]

    operations = [
        secure_table("offers_costrates"),
        secure_table("offers_outcome"),
        secure_table("offers_dailyretention"),
        secure_table("offers_dailyloss"),
        same_store("offers_outcome", "offer_id", "offers_offer"),
    ]
