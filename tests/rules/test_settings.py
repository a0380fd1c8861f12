"""What the environment may say stands in the README."""

import re

import pytest

from config.embedded.paths import ROOT

READERS = ("config/settings.py", "config/front/application.py", "config/supervise/options.py")
NAMED = re.compile(r"""(?:env\.\w+|environ(?:\.get)?)[(\[]["']([A-Z_]+)["']""")


def variables() -> set[str]:
    """The environment's names that these files read; `HTTP_…` are headers of a request."""
    found = {name for path in READERS for name in NAMED.findall((ROOT / path).read_text())}
    return {name for name in found if not name.startswith("HTTP_")}


def test_the_names_are_found():
    assert {"SECRET_KEY", "TRUSTED_PROXIES", "WEB_THREADS", "DATA_DIR", "DEMO"} <= variables()
    assert len(variables()) > 20


@pytest.mark.parametrize("name", sorted(variables()))
def test_each_stands_in_the_readme(name):
    assert f"`{name}`" in (ROOT / "README.md").read_text()
