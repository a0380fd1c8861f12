"""Things that are found by their files: every module of a package registers what it declares (docs/adr/0016)."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Generic, TypeVar

Entry = TypeVar("Entry")


class Registry(Mapping[str, Entry], Generic[Entry]):
    """Entries by name, each name once, in the order of `key` (else of the names)."""

    def __init__(self, key: Callable[[Entry], Any] | None = None):
        self._entries: dict[str, Entry] = {}
        self._key = key

    def add(self, name: str, entry: Entry) -> None:
        """Make an entry known. ValueError for a name that isn't made of letters, digits and `_`, or is taken."""
        if not name.isidentifier():
            raise ValueError(f"“{name}” is no name: use letters, digits and underscores.")
        if name in self._entries:
            raise ValueError(f"“{name}” is registered twice.")
        key = self._key
        entries = {**self._entries, name: entry}
        self._entries = dict(sorted(entries.items(), key=lambda item: (key(item[1]) if key else 0, item[0])))

    def remove(self, name: str) -> None:
        """Forget an entry: for tests that have added it. KeyError when it isn't there."""
        del self._entries[name]

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def import_files(package: str, path: list[str]) -> None:
    """Import every module beside a package's `__init__`, which calls this as `import_files(__name__, __path__)`."""
    for file in iter_modules(path):
        import_module(f"{package}.{file.name}")
