"""Migration operations that build and drop indexes beside those who write, and go on where a migration was cut off.

A plain CREATE INDEX lets nobody write to its table until it is built: of five million rows, half a minute. PostgreSQL's
CONCURRENTLY keeps nobody waiting, and can't be undone with a transaction: an index that was cut off stays behind,
INVALID, and is dropped and built anew here. So these stand in a migration of their own with `atomic = False`, which is
run again as often as it takes. A table in which nothing is yet takes the plain way, which is the faster one.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.contrib.postgres.operations import AddIndexConcurrently, NotInTransactionMixin, RemoveIndexConcurrently
from django.db.migrations.operations.base import Operation

_FOUND = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
_LIMIT = "SELECT set_config('lock_timeout', %s, false)"
_IS_EMPTY = "SELECT pg_relation_size(to_regclass(%s)) = 0"


class BuildIndex(AddIndexConcurrently):
    """`AddIndex` beside those who write."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Build it, unless it is there already."""
        self._ensure_not_in_transaction(schema_editor)
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _build(
                schema_editor,
                self.index.name,
                model._meta.db_table,
                lambda concurrently: schema_editor.add_index(model, self.index, concurrently=concurrently),
            )


class DropIndex(RemoveIndexConcurrently):
    """`RemoveIndex` beside those who read and write; one that is gone already is no error."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Drop it."""
        with _waiting_for_all(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class BuildIndexByHand(NotInTransactionMixin, Operation):
    """An index that no model of ours knows, of the columns of somebody else's table."""

    atomic = False

    def __init__(self, name: str, table: str, columns: Sequence[str]):
        self.name, self.table, self.columns = name, table, tuple(columns)

    def describe(self) -> str:
        """What `migrate` says."""
        return f"Build index {self.name} on {self.table}"

    def state_forwards(self, app_label, state):
        """No model knows of it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Build it, unless it is there already."""
        self._ensure_not_in_transaction(schema_editor)
        name, table, *columns = (schema_editor.quote_name(each) for each in (self.name, self.table, *self.columns))

        def build(concurrently: bool) -> None:
            way = "CONCURRENTLY " if concurrently else ""
            schema_editor.execute(f"CREATE INDEX {way}{name} ON {table} ({', '.join(columns)})", params=None)

        _build(schema_editor, self.name, self.table, build)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Drop it."""
        self._ensure_not_in_transaction(schema_editor)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.name)}", params=None)


def _build(schema_editor, name: str, table: str, build: Callable[[bool], object]) -> None:
    """Have the index built, told whether CONCURRENTLY; one that was cut off goes first."""
    if schema_editor.collect_sql:  # nothing is asked, since nothing is done
        build(True)
        return
    with _waiting_for_all(schema_editor):
        is_valid = _ask(schema_editor, _FOUND, name)
        if is_valid:
            return
        if is_valid is False:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY {schema_editor.quote_name(name)}", params=None)
        build(not _ask(schema_editor, _IS_EMPTY, table))


@contextmanager
def _waiting_for_all(schema_editor) -> Iterator[None]:
    """For as long as it takes within the block: these wait for open transactions, and nobody waits behind them."""
    before = _ask(schema_editor, "SELECT current_setting(%s)", "lock_timeout")
    _ask(schema_editor, _LIMIT, "0")
    try:
        yield
    finally:
        _ask(schema_editor, _LIMIT, before)


def _ask(schema_editor, question: str, parameter):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(question, [parameter])
        row = cursor.fetchone()
    return row and row[0]
