import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from common.partition_sql import parted_by_month
from common.tenancy_sql import secure_table

TABLE = """
    CREATE TABLE privacy_look (
        id uuid NOT NULL,
        day date NOT NULL,
        at timestamptz NOT NULL,
        actor_kind varchar(20) NOT NULL,
        actor_id varchar(64) NOT NULL,
        actor_label varchar(150) NOT NULL,
        way varchar(10) NOT NULL,
        place varchar(100) NOT NULL,
        topic_id uuid,
        buyers integer NOT NULL CONSTRAINT privacy_look_buyers_check CHECK (buyers >= 0),
        store_id bigint NOT NULL REFERENCES stores_store (id) DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (store_id, id, day)
    ) PARTITION BY RANGE (day);
    CREATE INDEX look_newest ON privacy_look (store_id, at DESC, id DESC);
    CREATE INDEX look_of_topic ON privacy_look (store_id, topic_id) WHERE topic_id IS NOT NULL;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0001_buyer_requests'),
        ('stores', '0026_buyer_salt'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Look',
                    fields=[
                        ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ('day', models.DateField()),
                        ('at', models.DateTimeField(verbose_name='first at')),
                        ('actor_kind', models.CharField(max_length=20)),
                        ('actor_id', models.CharField(max_length=64)),
                        ('actor_label', models.CharField(blank=True, max_length=150)),
                        ('way', models.CharField(choices=[('page', 'Page of the desk'), ('list', 'List of the desk'), ('search', 'Search'), ('file', 'File'), ('call', 'Call of the API')], max_length=10, verbose_name='through')),
                        ('place', models.CharField(max_length=100)),
                        ('topic_id', models.UUIDField(null=True)),
                        ('buyers', models.PositiveIntegerField(verbose_name='buyers')),
                        ('store', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.store')),
                    ],
                    options={
                        'verbose_name': "look at buyers' data",
                        'verbose_name_plural': "looks at buyers' data",
                        'indexes': [models.Index(fields=['store', '-at', '-id'], name='look_newest'), models.Index(condition=models.Q(('topic_id__isnull', False)), fields=['store', 'topic_id'], name='look_of_topic')],
                    },
                ),
            ],
            database_operations=[migrations.RunSQL(TABLE, "DROP TABLE privacy_look")],
        ),
        secure_table("privacy_look"),
        parted_by_month("privacy_look"),
        pgtrigger.migrations.AddTrigger(
            model_name='look',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='175126aefad0f49ad8efd6660a515134c6464237', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_30ed4', table='privacy_look', when='BEFORE')),
        ),
    ]
