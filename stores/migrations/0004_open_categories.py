"""Load the categories that Tmall opened to retention at launch (Q2), and let parcels and offers refer to products."""

import datetime

from django.db import migrations

from common.tenancy_sql import referable

LAUNCH = datetime.date(2025, 6, 1)
OPENED = {
    "201207402": "婴童尿裤 baby diapers",
    "126762001": "美容美体仪器 beauty devices",
    "124458005": "茶 tea",
    "50008141": "酒 liquor",
    "124484008": "模玩/动漫/周边/cos/桌游 models, anime, cosplay, board games",
    "50008163": "床上用品 bedding",
    "122928002": "收纳整理 storage",
    "50013886": "户外/登山/野营/旅行商品 outdoor, camping, travel",
}


def open_categories(apps, schema_editor):
    opening = apps.get_model("stores", "CategoryOpening")
    opening.objects.bulk_create(
        opening(marketplace="tmall", category=category, name=name, opens_on=LAUNCH) for category, name in OPENED.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0003_retention"),
    ]

    operations = [
        migrations.RunPython(open_categories, migrations.RunPython.noop),
        referable("stores_product"),
    ]
