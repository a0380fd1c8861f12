"""One word, one meaning: what the rooms call things, and that docs/words.md tells the truth about it."""

import ast
import re
from collections import defaultdict
from importlib import import_module

import polib

from tests.cases import for_each
from tests.test_architecture import IN_ROOMS, ROOT, name

PAGE = ROOT / "docs" / "words.md"
CATALOGUE = ROOT / "workbench" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
# Django asks for classes of these names.
GIVEN = {"Command", "Media", "Meta"}
# The same deed in several rooms, under the same name: make a file of a package known, hint to a worker.
CONVENTIONS = {"register", "tell_worker"}
ROW = re.compile(r"\| (?P<word>[^|]+?) \| (?P<chinese>[^|]+?) \| (?P<meaning>[^|]+?) \| (?P<homes>[^|]+?) \|")
ROWS = [
    row.groupdict() for line in PAGE.read_text().splitlines() if (row := ROW.fullmatch(line)) and "`" in row["homes"]
]


def public(kind: type) -> dict[str, set[str]]:
    """Where each public name of this kind (a node of the syntax tree) is defined at the top of a file."""
    homes = defaultdict(set)
    for path in IN_ROOMS:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, kind) and not node.name.startswith("_"):
                homes[node.name].add(name(path))
    return homes


def test_no_two_classes_share_a_name():
    """A name says whose state, outcome or report it is: `GatewayOutcome`, not one `Outcome` beside another."""
    homes = {word: places for word, places in public(ast.ClassDef).items() if word not in GIVEN}
    assert len(homes) > 200
    assert {word: sorted(places) for word, places in homes.items() if len(places) > 1} == {}


def test_no_two_functions_share_a_name():
    """A task and a template's tag have the name of what they do; the demo's scenes speak as people do."""
    found = {}
    for word, places in public(ast.FunctionDef).items():
        places = {place for place in places if not re.search("^demo/|/tasks.py$|/templatetags/", place)}
        if len(places) > 1 and word not in CONVENTIONS:
            found[word] = sorted(places)
    assert found == {}


# What clients and the database know by the older word, and the code that tells them of it.
OLDER = re.compile(
    r"claimed_(amount|quantity|within_\w+)|db_column=\"claim\"|data\[\"claim\"\]|\bclaim=(dispute\.)?(plea|reply)|claim_id="
    r"|^ *claim: Annotated|^ *claim = (serializers|TextField)|^ *\"claim\",$|as `claim`|`claimed_\w+`"
)
ONLY_CARRIERS = re.compile(r"\bclaim", re.IGNORECASE)


def test_only_carriers_are_claimed_from():
    """A refund holds, a side pleads, a worker leases; a claim is a carrier's, and is called so where it is named."""
    found = []
    for path in IN_ROOMS:
        if "claim" in path.stem:  # the files of carrier claims call them so in their names
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            rest = re.sub(r"carrier[ _-]?claims?\w*|CarrierClaims?\w*|CARRIER_CLAIM\w*", "", line, flags=re.IGNORECASE)
            rest = re.sub(OLDER, "", rest)
            found += [f"{name(path)}:{number} {line.strip()}"] if ONLY_CARRIERS.search(rest) else []
    assert found == []


def test_the_page_has_words():
    assert len(ROWS) > 30
    assert len({row["word"] for row in ROWS}) == len(ROWS)


@for_each("row", ROWS, ids=lambda row: row["word"])
def test_a_word_lives_where_the_page_says(row):
    for home in re.findall(r"`([\w.]+)`", row["homes"]):
        try:
            import_module(home)
        except ModuleNotFoundError:
            module, _, attribute = home.rpartition(".")
            assert hasattr(import_module(module), attribute), home


def test_the_chinese_of_a_word_is_the_desks():
    desk = {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))}
    told = {row["word"]: row["chinese"] for row in ROWS if row["chinese"] != "–"}
    compared = {word: chinese for word, chinese in told.items() if word in desk}
    assert len(compared) > 10
    assert {word: desk[word] for word in compared} == compared
