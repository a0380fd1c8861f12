"""Files in the storage that no row knows: what a process left that died between file and row, or after it.

Every folder of the storage has its kind here (tests/rooms/test_retention.py): nothing on disk grows for ever.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import PurePosixPath
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import models
from django.utils.functional import Promise

from common import clock
from common.retention import Retention
from common.tenancy import system_scope

LOOKED_UP_AT_ONCE = 500
Known = Callable[[Sequence[str]], set[str]]


def stray_files(name: str, title: str | Promise, model: type[models.Model], *, place: str, known: Known) -> Retention:
    """The kind of `place`'s files that `known` doesn't name among those it is shown. They lie in a folder per store."""
    do = partial(delete_stray_files, place, known)
    return Retention(name, title, model, "pk", "KEEP_STRAY_FILES_DAYS", by_itself=do)


def delete_stray_files(place: str, known: Known, kept_for: timedelta) -> int:
    """Delete the files of `place` that are so old and that no row knows; returns how many."""
    return sum(_delete_unknown(names, known, kept_for) for names in _stored(place))


def _stored(place: str) -> Iterator[list[str]]:
    """The names of all files, some at a time."""
    if not default_storage.exists(place):
        return
    for store in default_storage.listdir(place)[0]:
        names = [f"{place}/{store}/{name}" for name in default_storage.listdir(f"{place}/{store}")[1]]
        for start in range(0, len(names), LOOKED_UP_AT_ONCE):
            yield names[start : start + LOOKED_UP_AT_ONCE]


def _delete_unknown(names: list[str], known: Known, kept_for: timedelta) -> int:
    """The age first: a row that comes meanwhile is of a file that is younger."""
    until = clock.wall() - kept_for
    old = [name for name in names if default_storage.get_modified_time(name) <= until]
    if not old:
        return 0
    with system_scope():
        stray = sorted(set(old) - known(old))
    for name in stray:
        default_storage.delete(name)
    return len(stray)


def keys_in(names: Sequence[str]) -> list[UUID]:
    """The ids by which files are called; names that hold none are nobody's."""
    stems = (PurePosixPath(name).stem for name in names)
    return [UUID(stem) for stem in stems if len(stem) == 32 and set(stem) <= set("0123456789abcdef")]
