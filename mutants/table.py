"""docs/proofs.md: below what people have taken out by hand, what the tool has, a row for each function or table."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from mutants.kept import IN_SCOPE, Result, read_results
from mutants.tree import ROOT

PAGE = ROOT / "docs" / "proofs.md"
MARK = "<!-- Made by scripts/mutants of what mutants/ keeps; what stands below isn't edited. -->"
HEAD = f"""
## Taken out by the tool

`make mutants` finds guards in the code and in the tables, takes each out alone and runs the tests that reach it
(docs/adr/0060). A row names the tests that failed, or says why a guard that no test misses may stay. *Unexplained*
lived through the tests that were measured and tried, which may be few: it has to be proved, removed or explained.
*Behind a policy*: {IN_SCOPE}. What isn't here wasn't tried so far: `scripts/mutants --list` names every one.
"""
SHOWN = 4  # tests of a row


def render(results: Iterable[Result]) -> str:
    """What is below the mark."""
    by_room: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_room[room_of(result)].append(result)
    counts = [_count(room, found) for room, found in sorted(by_room.items())]
    total = _count("all", [result for found in by_room.values() for result in found])
    lines = [MARK, HEAD, *_table(["room", "tried", "died", "may live", "unexplained"], [*counts, total])]
    for room, found in sorted(by_room.items()):
        lines += ["", f"### {room}", "", *_table(["guard", "taken out", "died, or may live"], _rows(found))]
    return "\n".join(lines) + "\n"


def write(*, check: bool = False) -> int:
    """Bring the page up to date, or only say whether it is; returns the exit code."""
    text = PAGE.read_text()
    fresh = text.partition(MARK)[0].rstrip("\n") + "\n\n" + render(read_results().values())
    if fresh == text:
        return 0
    if check:
        print(f"{PAGE.relative_to(ROOT)} is stale: scripts/mutants --table")
        return 1
    PAGE.write_text(fresh)
    return 0


def room_of(result: Result) -> str:
    """The room of a result: that of its file or its table."""
    return result.name.partition("::")[0].replace("_", "/").partition("/")[0]


def _count(room: str, results: Sequence[Result]) -> list[str]:
    explained = [result for result in results if not result.is_dead and result.may_live]
    dead = [result for result in results if result.is_dead]
    return [room, *map(str, (len(results), len(dead), len(explained), len(results) - len(dead) - len(explained)))]


def _rows(results: Iterable[Result]) -> list[list[str]]:
    """A row for each function or table, and one for each survivor."""
    dead: dict[str, list[Result]] = defaultdict(list)
    in_scope: dict[str, list[Result]] = defaultdict(list)
    rows = []
    for result in sorted(results, key=lambda result: result.name):
        place = result.name.rsplit("::", 2)[0]
        if result.is_dead:
            dead[place].append(result)
        elif result.outcome == "in scope":
            in_scope[place].append(result)
        else:
            reason = result.may_live or f"**nobody has said why** ({result.tests} tests passed)"
            rows.append([f"`{result.name}`", f"`{_cell(result.says)}`", f"may live: {reason}"])
    for place, found in dead.items():
        tests = sorted({_test(result) for result in found})
        more = f" and {len(tests) - SHOWN} more" if len(tests) > SHOWN else ""
        rows.append([f"`{place}`", _kinds(found), ", ".join(tests[:SHOWN]) + more])
    rows += [[f"`{place}`", _kinds(found), "may live: behind a policy"] for place, found in in_scope.items()]
    return sorted(rows)


def _kinds(results: Sequence[Result]) -> str:
    kinds = Counter(result.name.rsplit("::", 2)[1] for result in results)
    return ", ".join(f"{kind} × {count}" if count > 1 else kind for kind, count in kinds.items())


def _test(result: Result) -> str:
    return f"`{result.by.rpartition('::')[2].partition('[')[0]}`" if result.by else "one that waits for ever"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _cell(text: str) -> str:
    return (text if len(text) <= 120 else f"{text[:119]}…").replace("|", "\\|").replace("`", "'")
