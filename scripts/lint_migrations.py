"""Look for what a migration does to a release that is still running: columns it can't fill, tables it locks for long.

    scripts/lint_migrations.py            name what isn't known yet; exit code 1 when there is anything
    scripts/lint_migrations.py --accept   what is there now is known (scripts/known_migrations.txt)

django-migration-linter does the looking, but for indexes: one of a table that another migration has made is built
beside those who write (common.index_sql), in a migration that can be run again when it was cut off. What a squashed
migration replaces, and the first of a room, are no news to anybody. Needs a migrated database.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
KNOWN = ROOT / "scripts" / "known_migrations.txt"
LOCKS_OUT = "PLAIN_INDEX nobody can write to the table until it is built"
CUT_OFF = "CUT_OFF half done it can't be run again"
ADVICE = """
An index of a table that is there already is a BuildIndex (common/index_sql.py) in a file of its own with
atomic = False, beside nothing but its like and RunPython that can be run again.
"""
_EACH = re.IGNORECASE | re.MULTILINE
_INDEX = re.compile(r'^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:IF NOT EXISTS )?"?\w+"? ON "?(\w+)"?', _EACH)
_TABLE = re.compile(r'^CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)"?', _EACH)


def findings() -> Iterator[str]:
    """`room.migration CODE message (table, column)` for each migration that is news.

    Without the migration's number, which changes when two branches meet.
    """
    from django.apps import apps
    from django.db.migrations import Migration
    from django_migration_linter import MigrationLinter
    from django_migration_linter.sql_analyser import analyse_sql_statements

    def is_news(migration: Migration) -> bool:
        ours = Path(apps.get_app_config(migration.app_label).path).parent == ROOT
        return ours and not migration.initial and (migration.app_label, migration.name) not in replaced

    linter = MigrationLinter(no_cache=True, no_output=True)
    migrations = linter.migration_loader.disk_migrations
    replaced = {old for migration in migrations.values() for old in migration.replaces}
    for (room, name), migration in sorted(migrations.items(), key=lambda item: item[0]):
        if is_news(migration):
            sql = linter.get_sql(room, name)
            errors, _, _ = analyse_sql_statements(linter.sql_analyser_class, sql)
            for issue in [*errors, *linter.analyse_data_migration(migration)[0]]:
                where = ", ".join(filter(None, (issue.table, issue.column)))
                yield f"{room}.{name.partition('_')[2]} {issue.code} {issue.message}{f' ({where})' if where else ''}"
            for found in of_indexes(migration, sql):
                yield f"{room}.{name.partition('_')[2]} {found}"


def of_indexes(migration, sql: Sequence[str]) -> Iterator[str]:
    """What of a migration, which comes to these statements, is in the way of those who write, or of its own repeat."""
    from django.db.migrations import RunPython

    from common.index_sql import BuildIndex, BuildIndexByHand, DropIndex

    whole = "\n".join(sql)
    for table in sorted(set(_INDEX.findall(whole)) - set(_TABLE.findall(whole))):
        yield f"{LOCKS_OUT} ({table})"
    again = BuildIndex, BuildIndexByHand, DropIndex, RunPython
    if not migration.atomic and not all(isinstance(operation, again) for operation in migration.operations):
        yield CUT_OFF


def main() -> int:
    import django

    django.setup()
    found = sorted(set(findings()))
    if "--accept" in sys.argv[1:]:
        KNOWN.write_text("".join(f"{line}\n" for line in found))
        return 0
    news = set(found) - set(KNOWN.read_text().splitlines())
    for line in sorted(news):
        print(line)
    if any(said in line for line in news for said in (LOCKS_OUT, CUT_OFF)):
        print(ADVICE)
    return 1 if news else 0


if __name__ == "__main__":
    sys.exit(main())
