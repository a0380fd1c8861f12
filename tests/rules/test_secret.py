"""What signs sessions, buyers' links and notices can't be guessed."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.embedded.paths import ROOT, database_url
from config.secret import check_secret_key, load_secret_key
from tests.cases import for_each


@for_each("key", ["", "secret", "k" * 60, "abcd" * 20, "x7" + "0123456789" * 4, "django-insecure-" + "x7Kq9-" * 9])
def test_a_weak_key_is_refused_with_the_way_out(key):
    with pytest.raises(ImproperlyConfigured, match="at least 50 random characters, or leave it unset"):
        check_secret_key(key)


def test_a_made_key_is_good_and_stays(tmp_path):
    key = load_secret_key(tmp_path)
    check_secret_key(key)
    assert load_secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "way_in",
    [
        ["manage.py", "check"],
        ["-m", "config.supervise.prepare"],
        ["-c", "import config.front.application"],
        ["-m", "celery", "-A", "config", "report"],
    ],
    ids=["command", "make run", "web", "worker and beat"],
)
def test_nothing_starts_with_a_weak_key_not_even_on_the_embedded_database(tmp_path, way_in):
    environ = {**os.environ, "DATA_DIR": str(tmp_path), "SECRET_KEY": "secret"}
    environ["DATABASE_URL"] = database_url(tmp_path)
    ended = subprocess.run([sys.executable, *way_in], env=environ, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode != 0
    assert "SECRET_KEY is weak: give at least 50 random characters" in ended.stdout + ended.stderr
