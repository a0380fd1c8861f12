"""What signs sessions, buyers' links and notices can't be guessed."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.secret import check_secret_key, load_secret_key


@pytest.mark.parametrize(
    "key", ["", "secret", "k" * 60, "abcd" * 20, "x7" + "0123456789" * 4, "django-insecure-" + "x7Kq9-" * 9]
)
def test_a_weak_key_is_refused_with_the_way_out(key):
    with pytest.raises(ImproperlyConfigured, match="at least 50 random characters, or leave it unset"):
        check_secret_key(key)


def test_a_made_key_is_good_and_stays(tmp_path):
    key = load_secret_key(tmp_path)
    check_secret_key(key)
    assert load_secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
