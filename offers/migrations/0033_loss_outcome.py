"""A row for each counted loss, with the wall around it; what was counted before gets its rows in the next file."""

import common.money
import django.db.models.deletion
import stores.marketplaces
from decimal import Decimal
from django.db import migrations, models

from common.tenancy_sql import same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0032_offers_by_day"),
        ("refunds", "0043_open_by_due"),
        ("stores", "0033_invitations_end"),
    ]

    operations = [
        migrations.CreateModel(
            name="LossOutcome",
            fields=[
                ("date", models.DateField()),
                ("marketplace", models.CharField(choices=stores.marketplaces.choices, max_length=20)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("changed_mind", "Changed mind"),
                            ("wrong_purchase", "Wrong purchase"),
                            ("wrong_address", "Wrong address"),
                            ("slow_logistics", "Slow logistics"),
                            ("not_delivered", "Not delivered"),
                            ("parcel_lost", "Parcel lost"),
                            ("seller_delay", "Seller's delay"),
                            ("minor_flaw", "Minor flaw"),
                            ("packaging_damaged", "Packaging damaged"),
                            ("missing_parts", "Missing parts"),
                            ("wrong_item", "Wrong item"),
                            ("quality", "Quality"),
                            ("not_as_described", "Not as described"),
                            ("no_reason_7d", "7 days, no reason"),
                            ("other", "Other"),
                        ],
                        max_length=30,
                    ),
                ),
                ("sale", common.money.MoneySumField(decimal_places=2, default=Decimal("0.00"), max_digits=20)),
                ("acquisition", common.money.MoneySumField(decimal_places=2, default=Decimal("0.00"), max_digits=20)),
                (
                    "outbound_freight",
                    common.money.MoneySumField(decimal_places=2, default=Decimal("0.00"), max_digits=20),
                ),
                (
                    "return_freight",
                    common.money.MoneySumField(decimal_places=2, default=Decimal("0.00"), max_digits=20),
                ),
                ("handling", common.money.MoneySumField(decimal_places=2, default=Decimal("0.00"), max_digits=20)),
                ("stock_loss", common.money.MoneySumField(decimal_places=2, default=Decimal("0.00"), max_digits=20)),
                (
                    "refund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="refunds.refund",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
            ],
        ),
        secure_table("offers_lossoutcome"),
        same_store("offers_lossoutcome", "refund_id", "refunds_refund"),
    ]
