"""What a buyer has and nobody expects back any more: when it was written off, and the account that bears it."""

from django.db import migrations, models


def open_accounts(apps, schema_editor):
    from payments.models import account_id

    schema_editor.execute("SELECT set_config('wanliu.stores', '*', true)")
    store, account = apps.get_model("stores", "Store"), apps.get_model("payments", "LedgerAccount")
    account.objects.bulk_create(
        account(id=account_id(store_id, "losses"), store_id=store_id, kind="losses")
        for store_id in store.objects.values_list("pk", flat=True)
    )


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0016_corrected_numbers'),
        ('payments', '0014_given_up'),
        ('stores', '0013_held_day'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='transfer',
            name='transfer_payout_has_payment',
        ),
        migrations.AddField(
            model_name='payment',
            name='written_off_at',
            field=models.DateTimeField(null=True, verbose_name='written off'),
        ),
        migrations.AlterField(
            model_name='ledgeraccount',
            name='kind',
            field=models.CharField(choices=[('merchant_funds', "Merchant's funds"), ('buyer_payouts', 'Paid to buyers'), ('service_budget', 'Service budget'), ('platform_funds', "Platform's compensation"), ('losses', 'Written off')], max_length=30, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='purpose',
            field=models.CharField(choices=[('payout', 'Payment to a buyer'), ('top_up', 'Budget topped up'), ('withdrawal', 'Budget lowered'), ('compensation', 'Paid back to the merchant'), ('reversal', 'Payment came back'), ('write_off', 'Written off'), ('recovery', 'Written off and come back after all')], max_length=30, verbose_name='purpose'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('written_off_at__isnull', True), ('status', 'failed'), _connector='OR'), name='payment_written_off_is_failed'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('purpose__in', ('payout', 'reversal', 'write_off', 'recovery'))), models.Q(models.Q(('purpose__in', ('payout', 'reversal', 'write_off', 'recovery')), _negated=True), ('payment__isnull', True)), _connector='OR'), name='transfer_payout_has_payment'),
        ),
        migrations.RunPython(open_accounts, migrations.RunPython.noop),
    ]
