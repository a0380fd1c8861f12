"""What people are told of, how a store is told, and its robots."""

import common.ids
import common.money
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("stores", "0028_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskNotice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('by', models.CharField(blank=True, editable=False, max_length=64)),
                ('event', models.BigIntegerField(editable=False, null=True)),
                ('name', models.CharField(blank=True, max_length=50, verbose_name='event')),
                ('subject_type', models.CharField(blank=True, editable=False, max_length=30)),
                ('refund_id', models.UUIDField(editable=False, null=True)),
                ('order_id', models.UUIDField(editable=False, null=True)),
                ('order_number', models.CharField(blank=True, max_length=64, verbose_name='order')),
                ('refund_kind', models.CharField(blank=True, editable=False, max_length=20)),
                ('about', models.CharField(blank=True, editable=False, max_length=100)),
                ('amount', common.money.MoneyField(decimal_places=2, max_digits=12, null=True, verbose_name='amount')),
                ('due_at', models.DateTimeField(editable=False, null=True)),
                ('step', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('created_at', models.DateTimeField(editable=False)),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
            },
        ),
        migrations.CreateModel(
            name='NoticeMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_up_to', models.BigIntegerField(default=0)),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='NoticeRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notices.desknotice')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='NoticeTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cursor', models.BigIntegerField(editable=False)),
                ('chosen', models.JSONField(blank=True, default=dict, verbose_name='who is told of what')),
                ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='quiet from')),
                ('quiet_until', models.TimeField(blank=True, null=True, verbose_name='quiet until')),
                ('gathering', models.CharField(choices=[('at_once', 'At once'), ('hourly', 'Together, every hour')], default='hourly', max_length=10, verbose_name='e-mails and robots')),
                ('tells_before', models.DurationField(blank=True, null=True, verbose_name='told before a deadline')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', '中文')], default='zh-hans', max_length=10, verbose_name='language of e-mails and robots')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'settings of notices',
                'verbose_name_plural': 'settings of notices',
            },
        ),
        migrations.CreateModel(
            name='Robot',
            fields=[
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('leased_by', models.UUIDField(editable=False, null=True)),
                ('needs_attention', models.BooleanField(default=False, verbose_name='needs attention')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('platform', models.CharField(max_length=20, verbose_name='chat')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('host', models.CharField(max_length=255, verbose_name='address')),
                ('sealed', models.TextField(editable=False)),
                ('keyword', models.CharField(blank=True, max_length=30, verbose_name='keyword')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='told of')),
                ('status', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused')], default='active', max_length=10, verbose_name='status')),
                ('paused_for', models.CharField(blank=True, choices=[('by_hand', 'Paused by hand.'), ('signature', "The signature is wrong: copy the secret from the robot's settings again."), ('keyword', 'The robot takes only messages with its keyword: write that keyword here, too.'), ('address_list', "The robot takes only calls from listed addresses: let it check a signature instead, or list this server's."), ('gone', 'There is no such robot: it was removed from its group, or the address is incomplete.'), ('switched_off', 'The robot is switched off in its group, or the group is dissolved.'), ('dead', 'It has taken nothing for a day: look whether its address still leads to the chat.')], max_length=20, verbose_name='paused because')),
                ('said', models.CharField(blank=True, max_length=200, verbose_name='last answer')),
                ('sent_at', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), default=list, editable=False, size=None)),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failed calls in a row')),
                ('failing_since', models.DateTimeField(null=True, verbose_name='failing since')),
                ('told_at', models.DateTimeField(null=True, verbose_name='told last')),
                ('created_at', models.DateTimeField(verbose_name='added')),
                ('deleted_at', models.DateTimeField(null=True, verbose_name='deleted')),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
            ],
            options={
                'verbose_name': 'group robot',
                'verbose_name_plural': 'group robots',
            },
        ),
        migrations.CreateModel(
            name='NoticeCopy',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Given up')], default='waiting', max_length=10, verbose_name='status')),
                ('due_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=20)),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='notices.desknotice')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                ('robot', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notices.robot')),
            ],
            options={
                'verbose_name': 'copy of a notice',
                'verbose_name_plural': 'copies of notices',
            },
        ),
        migrations.AddIndex(
            model_name='desknotice',
            index=models.Index(fields=['store', '-id'], name='notice_newest'),
        ),
        migrations.AddIndex(
            model_name='desknotice',
            index=models.Index(fields=['created_at'], name='notice_age'),
        ),
        migrations.AddConstraint(
            model_name='desknotice',
            constraint=models.UniqueConstraint(condition=models.Q(('event__isnull', False)), fields=('store', 'event'), name='notice_once_per_event'),
        ),
        migrations.AddConstraint(
            model_name='desknotice',
            constraint=models.UniqueConstraint(condition=models.Q(('step__gt', 0)), fields=('store', 'refund_id', 'due_at', 'step'), name='notice_once_per_deadline'),
        ),
        migrations.AddConstraint(
            model_name='noticemark',
            constraint=models.UniqueConstraint(fields=('store', 'user'), name='notice_mark_once'),
        ),
        migrations.AddConstraint(
            model_name='noticeread',
            constraint=models.UniqueConstraint(fields=('notice', 'user'), name='notice_read_once'),
        ),
        migrations.AddConstraint(
            model_name='noticeterms',
            constraint=models.UniqueConstraint(fields=('store',), name='notice_terms_once'),
        ),
        migrations.AddConstraint(
            model_name='noticeterms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quiet_from', None), ('quiet_until', None)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False), models.Q(('quiet_from', models.F('quiet_until')), _negated=True)), _connector='OR'), name='notice_terms_quiet_is_a_span'),
        ),
        migrations.AddIndex(
            model_name='robot',
            index=models.Index(fields=['store', '-id'], name='robot_newest'),
        ),
        migrations.AddIndex(
            model_name='robot',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='robot_due'),
        ),
        migrations.AddConstraint(
            model_name='robot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paused_for', ''), ('status', 'active')), models.Q(('status', 'paused'), models.Q(('paused_for', ''), _negated=True)), _connector='OR'), name='robot_paused_for_a_reason'),
        ),
        migrations.AddIndex(
            model_name='noticecopy',
            index=models.Index(condition=models.Q(('robot__isnull', False)), fields=['robot', '-id'], name='notice_copy_of_robot'),
        ),
        migrations.AddIndex(
            model_name='noticecopy',
            index=models.Index(condition=models.Q(('robot__isnull', False), ('status', 'waiting')), fields=['robot', 'due_at'], name='notice_copy_waiting'),
        ),
        migrations.AddIndex(
            model_name='noticecopy',
            index=models.Index(condition=models.Q(('person__isnull', False), ('status', 'waiting')), fields=['due_at'], name='notice_copy_to_mail'),
        ),
        migrations.AddConstraint(
            model_name='noticecopy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('robot__isnull', True)), models.Q(('person__isnull', True), ('robot__isnull', False)), _connector='OR'), name='notice_copy_for_one'),
        ),
        migrations.AddConstraint(
            model_name='noticecopy',
            constraint=models.UniqueConstraint(fields=('notice', 'robot', 'person'), name='notice_copy_once', nulls_distinct=False),
        ),
        secure_table("notices_desknotice"),
        secure_table("notices_noticecopy"),
        secure_table("notices_noticemark"),
        secure_table("notices_noticeread"),
        secure_table("notices_noticeterms"),
        secure_table("notices_robot"),
        referable("notices_desknotice"),
        referable("notices_robot"),
        same_store("notices_noticecopy", "notice_id", "notices_desknotice"),
        same_store("notices_noticecopy", "robot_id", "notices_robot"),
        same_store("notices_noticeread", "notice_id", "notices_desknotice"),
    ]
