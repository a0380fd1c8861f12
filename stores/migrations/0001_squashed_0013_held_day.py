"""The tables of stores, people, keys and products, made at once. A database of an earlier release has made them step by step."""

import datetime
import common.ids
import common.money
import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import stores.marketplaces
import stores.models
from django.conf import settings
from django.db import migrations, models

from common.tenancy_sql import SCOPE_FUNCTION, referable, secure_table


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

    replaces = [('stores', '0001_initial'), ('stores', '0002_tenancy'), ('stores', '0003_retention'), ('stores', '0004_open_categories'), ('stores', '0005_order_saving'), ('stores', '0006_restriction'), ('stores', '0007_callable_choices'), ('stores', '0008_accounts'), ('stores', '0009_scopes_of_what_is'), ('stores', '0010_accounts_by_name'), ('stores', '0011_demo_stores_and_keys'), ('stores', '0012_demo_by_default'), ('stores', '0013_held_day')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='CategoryOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('marketplace', models.CharField(choices=stores.marketplaces.choices, max_length=20, verbose_name='marketplace')),
                ('category', models.CharField(max_length=50, verbose_name='category id')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('opens_on', models.DateField(verbose_name='opens on')),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='closes on')),
            ],
            options={
                'verbose_name': 'opened category',
                'verbose_name_plural': 'opened categories',
                'ordering': ['marketplace', 'opens_on', 'category'],
                'constraints': [models.UniqueConstraint(fields=('marketplace', 'category'), name='category_opening_once'), models.CheckConstraint(condition=models.Q(('closes_on__isnull', True), ('closes_on__gt', models.F('opens_on')), _connector='OR'), name='category_closes_after_opening')],
            },
        ),
        migrations.CreateModel(
            name='Store',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('marketplace', models.CharField(choices=stores.marketplaces.choices, max_length=20, verbose_name='marketplace')),
                ('time_zone', models.CharField(default='Asia/Shanghai', max_length=50, validators=[stores.models.validate_time_zone], verbose_name='time zone')),
                ('site', models.CharField(blank=True, choices=stores.marketplaces.site_choices, max_length=20, verbose_name='site')),
                ('is_demo', models.BooleanField(db_default=False, default=False, editable=False, verbose_name='demo')),
                ('negotiation_open', models.BooleanField(default=True, help_text='The marketplace opens negotiation to stores in batches (T1).', verbose_name='negotiation opened')),
                ('listings_blocked', models.BooleanField(default=False, editable=False, verbose_name='no new listings')),
                ('products_off', models.BooleanField(default=False, editable=False, verbose_name='products taken off')),
                ('priority_shipping_tag', models.BooleanField(db_default=True, default=True, help_text='An order whose buyer is persuaded to stay is tagged, so that the warehouse ships it first (K1).', verbose_name='tag orders for priority shipping')),
                ('smart_customer_service', models.BooleanField(db_default=True, default=True, help_text='Shows which orders buyers urge you to ship. When it is off they are recorded but not shown (K5).', verbose_name='smart customer service')),
                ('urge_alert_at', models.PositiveSmallIntegerField(blank=True, help_text='When so many urged orders wait, the workbench interrupts everybody with the way to them (K6).', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(999)], verbose_name='urged orders that interrupt')),
                ('held_day', models.DateField(editable=False, null=True)),
                ('held_until', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'store',
                'verbose_name_plural': 'stores',
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('products_off', False), ('listings_blocked', True), _connector='OR'), name='store_off_means_blocked'), models.CheckConstraint(condition=models.Q(('urge_alert_at', None), ('urge_alert_at__range', (1, 999)), _connector='OR'), name='store_urge_alert_in_bounds'), models.CheckConstraint(condition=models.Q(models.Q(('held_day', None), ('held_until', None)), models.Q(('held_day__isnull', False), ('held_until__isnull', False)), _connector='OR'), name='store_held_day_has_end')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='must change the password')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('opened_for', models.ForeignKey(help_text='The store whose owner may add this account as a member.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='stores.store', verbose_name='opened for')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ReturnAddress',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('contact', models.CharField(max_length=50, verbose_name='contact')),
                ('phone', models.CharField(max_length=30, verbose_name='phone')),
                ('address', models.CharField(max_length=300, verbose_name='address')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'return address',
                'verbose_name_plural': 'return addresses',
                'indexes': [models.Index(fields=['store', '-id'], name='return_address_newest')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('item_id', models.CharField(max_length=20, validators=[django.core.validators.RegexValidator('\\A[0-9]{1,20}\\Z', 'Write the item id as 1 to 20 digits.')], verbose_name='item id')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('category', models.CharField(blank=True, max_length=50, verbose_name='category')),
                ('price', common.money.MoneyField(decimal_places=2, max_digits=12, verbose_name='price')),
                ('listed', models.BooleanField(default=True, verbose_name='listed')),
                ('taken_off', models.BooleanField(default=False, editable=False, verbose_name='taken off')),
                ('source', models.CharField(choices=[('own', 'Own'), ('distribution', 'Distribution library'), ('third_party', 'Third-party platform')], default='own', max_length=20, verbose_name='source')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'product',
                'verbose_name_plural': 'products',
                'indexes': [models.Index(fields=['store', '-id'], name='product_newest'), models.Index(condition=models.Q(('taken_off', True)), fields=['store'], name='product_taken_off')],
                'constraints': [models.UniqueConstraint(fields=('store', 'item_id'), name='product_item_id_once'), models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='product_price_not_negative'), models.CheckConstraint(condition=models.Q(('listed', False), ('taken_off', False), _connector='OR'), name='product_taken_off_is_unlisted')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('agent', 'Agent'), ('finance', 'Finance'), ('warehouse', 'Warehouse'), ('viewer', 'Viewer')], max_length=20, verbose_name='role')),
                ('since', models.DateTimeField(help_text='Empty for those who were there before it was kept.', null=True, verbose_name='since')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'constraints': [models.UniqueConstraint(fields=('store', 'user'), name='membership_once_per_store')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.CharField(editable=False, max_length=150, primary_key=True, serialize=False, unique=True)),
                ('prefix', models.CharField(editable=False, max_length=8, unique=True)),
                ('hashed_key', models.CharField(editable=False, max_length=150)),
                ('created', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('name', models.CharField(default=None, help_text='A free-form name for the API key. Need not be unique. 50 characters max.', max_length=50)),
                ('revoked', models.BooleanField(blank=True, default=False, help_text='If the API key is revoked, clients cannot use it anymore. (This cannot be undone.)')),
                ('expiry_date', models.DateTimeField(blank=True, help_text='Once API key expires, clients cannot use it anymore.', null=True, verbose_name='Expires')),
                ('marketplace', models.CharField(blank=True, choices=stores.marketplaces.choices, max_length=20, verbose_name='marketplace')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('orders:read', 'Orders: read'), ('orders:write', 'Orders: read and write'), ('refunds:read', 'Refunds: read'), ('refunds:write', 'Refunds: read and write'), ('offers:read', 'Offers: read'), ('offers:write', 'Offers: read and write'), ('payments:read', 'Payments: read'), ('payments:write', 'Payments: read and write'), ('catalog:read', 'Products and addresses: read'), ('catalog:write', 'Products, addresses and settings: read and write')], max_length=20), blank=True, default=list, size=None, verbose_name='scopes')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('is_demo', models.BooleanField(db_default=False, default=False, editable=False, verbose_name='demo')),
                ('store', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
                'ordering': ('-created',),
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('marketplace', ''), ('store__isnull', False)), models.Q(('store__isnull', True), models.Q(('marketplace', ''), _negated=True)), _connector='OR'), name='api_key_of_store_or_marketplace')],
            },
        ),
        SCOPE_FUNCTION,
        secure_table("stores_store", store_column="id"),
        secure_table("stores_membership"),
        secure_table("stores_apikey"),
        secure_table("stores_product"),
        secure_table("stores_returnaddress"),
        referable("stores_returnaddress"),
        referable("stores_product"),
        migrations.RunPython(open_categories, migrations.RunPython.noop),
    ]
