"""An e-mail can tell what happened in a store."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("stores", "0027_needs_attention"),
    ]

    operations = [
        migrations.AlterField(
            model_name='letter',
            name='kind',
            field=models.CharField(choices=[('invitation', 'Invitation'), ('password_reset', 'Reset of a password'), ('confirm_address', 'Confirmation of an address'), ('new_device', 'Sign-in on a new device'), ('notices', 'What happened in a store')], max_length=20, verbose_name='kind'),
        ),
    ]
