"""An agent's own figures are read from an index alone, which carries them: each row was looked up in the table."""

from django.db import migrations, models

from common.index_sql import BuildIndex, DropIndex

CARRIED = (
    *("method", "reason", "agent_label", "marketplace", "offers", "answered", "expired", "accepted", "sales_kept"),
    *("taken_back", "return_freight", "handling", "agent_time", "consultation", "offer_costs"),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("offers", "0038_totals_of_before")]

    operations = [
        BuildIndex(
            model_name="dailyretention",
            index=models.Index(fields=["store", "agent", "date"], include=CARRIED, name="daily_retention_own"),
        ),
        DropIndex(model_name="dailyretention", name="daily_retention_of_agent"),
    ]
