"""Give every store that is there already the accounts that came later."""

from django.db import migrations


def open_accounts(apps, schema_editor):
    from payments.models import account_id

    schema_editor.execute("SELECT set_config('wanliu.stores', '*', true)")
    store, account = apps.get_model("stores", "Store"), apps.get_model("payments", "LedgerAccount")
    account.objects.bulk_create(
        account(id=account_id(store_id, kind), store_id=store_id, kind=kind)
        for store_id in store.objects.values_list("pk", flat=True)
        for kind in ("service_budget", "platform_funds")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_transfer_purpose"),
    ]

    operations = [migrations.RunPython(open_accounts, migrations.RunPython.noop)]
