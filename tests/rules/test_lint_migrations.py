"""What the linter of migrations says of indexes."""

import pytest
from django.db import migrations, models

from common.index_sql import BuildIndex
from scripts.lint_migrations import CUT_OFF, LOCKS_OUT, of_indexes

INDEX = models.Index(fields=["store"], name="scratch")
BUILDS = BuildIndex("refund", INDEX)
PLAIN = 'CREATE INDEX "scratch" ON "refunds_refund" ("store_id")'
CASES = [
    ([migrations.AddIndex("refund", INDEX)], [PLAIN], True, [f"{LOCKS_OUT} (refunds_refund)"]),
    ([migrations.RunSQL("")], ["create unique index scratch on refunds_refund (id)"], True, [LOCKS_OUT]),
    ([migrations.CreateModel("Refund", [])], ['CREATE TABLE "refunds_refund" ()', PLAIN], True, []),
    ([BUILDS], [PLAIN.replace("INDEX", "INDEX CONCURRENTLY")], False, []),
    ([BUILDS, migrations.RemoveField("refund", "kind")], [], False, [CUT_OFF]),
    ([migrations.RemoveField("refund", "kind")], [], True, []),
]


@pytest.mark.parametrize(("operations", "sql", "atomic", "said"), CASES)
def test_an_index_is_built_beside_those_who_write_by_what_can_be_run_again(operations, sql, atomic, said):
    migration = migrations.Migration("0100_scratch", "refunds")
    migration.operations, migration.atomic = operations, atomic
    found = list(of_indexes(migration, sql))
    assert [line.startswith(start) for line, start in zip(found, said, strict=True)] == [True] * len(said)
