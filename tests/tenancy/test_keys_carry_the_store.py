"""Every unique key and reference of a tenant table is within its store, as the catalogue says."""

import pytest

from scripts import citus

pytestmark = pytest.mark.django_db


def test_every_key_and_reference_is_within_a_store():
    refers = citus.references()
    assert len(refers) > 20
    assert [f"{table}.{column}" for table in refers for column, agrees in refers[table].items() if not agrees] == []
    keys = citus.unique_keys()
    assert len(keys) > 60
    beyond = {
        key.name
        for key in keys
        if not (key.is_primary or "store_id" in key.columns or citus.shares_its_store(key, refers))
    }
    assert beyond == set(citus.EXCEPTIONS), "put the store into the key, or say why it is unique over all of them"
    assert {tuple(key.columns) for key in keys if key.is_primary} <= {
        ("id",),
        ("store_id",),
        ("job_id",),
        ("store_id", "id", "day"),
    }
    said = "\n".join(citus.statements())
    assert all(f"create_distributed_table('{table}', 'store_id')" in said for table in citus.tenant_tables())
    assert "order_line_goods_once ON orders_orderline (store_id, order_id, item_id, sku)" in said
