"""Make docs/personal-data.md: what every table keeps of a buyer, as the rooms declare it beside their tables.

scripts/personal_data.py           write it
scripts/personal_data.py --check   exit 1 when it is stale
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
PAGE = ROOT / "docs" / "personal-data.md"
HEAD = """# Buyers' personal data

Made by `scripts/personal_data.py` from each room's `personal.py`; don't edit. An *export* of a buyer (desk: *Buyers'
data*; `manage.py buyer_data export STORE --buyer …`) is a ZIP: `about.json`, `data/<table>.json` for each table below,
and `files/` with what was shown as evidence; people of the store are left out of it. An *erasure* (`buyer_data erase`)
puts `[erased]` or a pseudonym where the columns below are said to be erased (docs/adr/0086). The pseudonym is
`erased-` and a keyed digest of the buyer's id, made with a salt of the store: the same buyer has the same one, and
there is no way back.

**Back-ups** made before an erasure hold what was erased until they go; keep them no longer than you need. After a
restore erase again who was erased since: keep your own record of who asked, for here nobody's name is left. What a
gateway, carrier or marketplace keeps is theirs. Logs hold no values (docs/adr/0069).
"""


def render() -> str:
    """The whole page."""
    from common.holdings import all_holdings

    held, quiet = [], []
    for holding in sorted(all_holdings(), key=lambda each: each.model._meta.label):
        name = f"`{holding.model._meta.db_table}`"
        lines = [
            f"| {name} | `{column}` | {one.holds} | {_how(one.erase.__name__)} |"
            for column, one in sorted(holding.held.items())
        ]
        lines += [f"| {name} | `{column}` | kept | {why} |" for column, why in sorted(holding.kept.items())]
        if holding.files:
            lines.append(f"| {name} | the file | | deleted |")
        if holding.go:
            lines.append(f"| {name} | the row | | deleted |")
        if holding.passing:
            lines.append(f"| {name} | the row | passing | {holding.passing} |")
        held += lines
        if not lines:
            quiet.append(name)
    table = "| table | column | holds | once erased |\n|---|---|---|---|\n" + "\n".join(held)
    return f"{HEAD}\n{table}\n\nNothing of a buyer is in {', '.join(quiet)}.\n"


def _how(erase: str) -> str:
    return "the pseudonym" if erase == "buyer" else "the mark"


def main(arguments: list[str]) -> int:
    """Write or check."""
    import django

    django.setup()
    if arguments == ["--check"]:
        return int(PAGE.read_text() != render())
    PAGE.write_text(render())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
