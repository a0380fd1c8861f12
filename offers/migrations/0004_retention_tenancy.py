"""Put the wall around coupons, switches and counts up, and load the methods' dates (Q4)."""

import datetime

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table

LAUNCH = datetime.date(2025, 6, 1)
RED_PACKETS = datetime.date(2025, 9, 1)


def load_switches(apps, schema_editor):
    switch = apps.get_model("offers", "MarketplaceMethod")
    methods = ["reassurance", "coupon", "exchange", "gift", "partial_refund", "reship"]
    dates = {**dict.fromkeys(methods, LAUNCH), "red_packet": RED_PACKETS}
    switch.objects.bulk_create(
        switch(marketplace="tmall", method=method, available_from=date) for method, date in dates.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0003_retention"),
        ("orders", "0004_parcels_tenancy"),
        ("stores", "0004_open_categories"),
    ]

    operations = [
        referable("offers_offer"),
        referable("offers_coupon"),
        secure_table("offers_coupon"),
        secure_table("offers_offercoupon"),
        secure_table("offers_coupongrant"),
        secure_table("offers_storemethod"),
        secure_table("offers_acceptance"),
        same_store("offers_offer", "product_id", "stores_product"),
        same_store("offers_offercoupon", "offer_id", "offers_offer"),
        same_store("offers_offercoupon", "coupon_id", "offers_coupon"),
        same_store("offers_coupongrant", "offer_id", "offers_offer"),
        same_store("offers_coupongrant", "coupon_id", "offers_coupon"),
        same_store("offers_coupongrant", "order_id", "orders_order"),
        migrations.RunPython(load_switches, migrations.RunPython.noop),
    ]
