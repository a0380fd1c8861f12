"""What the side that opens a case says is its plea; the columns keep their name, so nothing is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("refunds", "0017_search_lines")]

    operations = [
        operation
        for model in ("dispute", "appeal")
        for operation in (
            migrations.AlterField(model, "claim", models.CharField("claim", max_length=1000, db_column="claim")),
            migrations.RenameField(model, "claim", "plea"),
            migrations.AlterField(
                model,
                "refund",
                models.ForeignKey(
                    "refunds.refund",
                    verbose_name="refund",
                    on_delete=models.PROTECT,
                    related_name="%(class)ss",
                    db_index=False,
                ),
            ),
        )
    ]
