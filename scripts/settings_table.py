"""Make the table of settings in docs/deploy.md from config/environment/table.py.

scripts/settings_table.py           write it
scripts/settings_table.py --check   exit 1 when it is stale
"""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config.environment import SETTINGS  # noqa: E402
from config.environment.table import Setting  # noqa: E402

PAGE = ROOT / "docs" / "deploy.md"
BEGIN, END = "<!-- made by scripts/settings_table.py -->\n", "<!-- to here -->\n"
HEAD = "| variable | is | unset | in production |\n|---|---|---|---|\n"


def page() -> str:
    """docs/deploy.md with the table as it should be."""
    text = PAGE.read_text()
    before, after = text[: text.index(BEGIN)], text[text.index(END) :]
    return f"{before}{BEGIN}\n{HEAD}{''.join(map(row, SETTINGS))}\n{after}"


def row(setting: Setting) -> str:
    """The line of a setting."""
    return f"| `{setting.name}` | {setting.means} | {unset(setting)} | {in_production(setting)} |\n"


def unset(setting: Setting) -> str:
    """What stands for it when nobody says it."""
    return setting.unset or f"`{as_said(setting.default)}`"


def in_production(setting: Setting) -> str:
    """What people who work with it need."""
    if setting.name == "PRODUCTION":
        return "`1`"
    return "needed" if setting.needed else "" if setting.only is None else f"`{as_said(setting.only)}`"


def as_said(value: Any) -> str:
    """A value as the environment would say it."""
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(value) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)


def main(arguments: list[str]) -> int:
    """Write or check."""
    made = page()
    if arguments == ["--check"]:
        return int(PAGE.read_text() != made)
    PAGE.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
