"""Put the wall around connections and what they bring up."""

from django.db import migrations

from common.tenancy_sql import referable, same_store, secure_table


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0001_connections"),
    ]

    operations = [
        secure_table("connectors_connection"),
        secure_table("connectors_mirroredrefund"),
        secure_table("connectors_refundhint"),
        secure_table("connectors_sentdecision"),
        secure_table("connectors_platformtask"),
        referable("connectors_connection"),
        referable("connectors_sentdecision"),
        same_store("connectors_mirroredrefund", "connection_id", "connectors_connection"),
        same_store("connectors_mirroredrefund", "refund_id", "refunds_refund"),
        same_store("connectors_refundhint", "connection_id", "connectors_connection"),
        same_store("connectors_sentdecision", "connection_id", "connectors_connection"),
        same_store("connectors_sentdecision", "refund_id", "refunds_refund"),
        same_store("connectors_platformtask", "refund_id", "refunds_refund"),
        same_store("connectors_platformtask", "decision_id", "connectors_sentdecision"),
    ]
