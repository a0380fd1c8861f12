"""Look for what a migration does to a release that is still running: columns it can't fill, tables it locks for long.

    scripts/lint_migrations.py            name what isn't known yet; exit code 1 when there is anything
    scripts/lint_migrations.py --accept   what is there now is known (scripts/known_migrations.txt)

django-migration-linter does the looking. What a squashed migration replaces, and the first of a room, are no news to
anybody. Needs a migrated database.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
KNOWN = ROOT / "scripts" / "known_migrations.txt"


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
    return 1 if news else 0


if __name__ == "__main__":
    sys.exit(main())
