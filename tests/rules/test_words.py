"""One word, one meaning: what the rooms call things."""

import ast
from collections import defaultdict

from tests.test_architecture import IN_ROOMS, name

# Django asks for classes of these names.
GIVEN = {"Command", "Media", "Meta"}


def test_no_two_classes_share_a_name():
    """A name says whose state, outcome or report it is: `GatewayOutcome`, not one `Outcome` beside another."""
    homes = defaultdict(set)
    for path in IN_ROOMS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name not in GIVEN:
                homes[node.name].add(name(path))
    assert len(homes) > 200
    assert {word: sorted(places) for word, places in homes.items() if len(places) > 1} == {}
