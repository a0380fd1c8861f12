"""What an address of sentinels may say: each thing that it may not, alone."""

import pytest

from common.sentinels import SENTINEL_PORT, Sentinels
from tests.cases import for_each


def test_it_names_each_sentinel_and_the_master():
    read = Sentinels.read("sentinel://a:b@one:7,two/master?db=2&sentinel_password=c")
    assert read.hosts == (("one", 7), ("two", SENTINEL_PORT))
    assert (read.master, read.db, read.credentials, read.own_password) == ("master", 2, "a:b", "c")


@for_each(
    "url",
    [
        "redis://one/master",  # asked by another protocol
        "sentinel://one/master?x=1",  # what nobody knows
        "sentinel://one/",  # no master
        "sentinel://one/0",  # a number of a database in its place
        "sentinel://one/master/0",
        "sentinel://one/ma;ster",  # as Celery writes several
        "sentinel:///master",  # no sentinel
        "sentinel://one,/master",
        "sentinel://one/master?db=x",
    ],
)
def test_what_it_cannot_mean_is_no_address(url):
    with pytest.raises(ValueError):  # noqa: PT011
        Sentinels.read(url)
