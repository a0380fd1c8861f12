"""As whom, and from where, the server programs run. PostgreSQL refuses to be root, and containers are root.

- An ordinary user runs them as themself.
- Root runs them in a user namespace of their own in which it is merely user 65534: files stay root's outside.
  So does a user id without a name, as containers are often given: initdb insists on one.
- Where user namespaces are blocked, root runs them as `nobody`.

In the last two cases a program or directory may be out of the server's reach (a home directory with mode
0700, say). Programs are then copied to, and directories linked from, /var/lib/wanliu.
"""

import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded.processes import ServiceError

NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")
RELOCATED = Path("/var/lib/wanliu")


@dataclass(frozen=True)
class ServerUser:
    """How to start a program with no privileges: behind `prefix`, as `uid`/`gid`, or just so."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def is_us(self) -> bool:
        return not self.prefix and self.uid is None

    def run(self, argv: Sequence[str], **kwargs: Any) -> subprocess.CompletedProcess[str]:
        """Run a helper program to its end as the server's user; output is captured."""
        if self.uid is not None:
            kwargs |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run([*self.prefix, *argv], capture_output=True, text=True, cwd="/", **kwargs)

    def can(self, flag: str, path: Path) -> bool:
        """Whether `test -<flag> path` holds for the server's user (x execute, w write)."""
        return self.is_us or self.run(["test", f"-{flag}", str(path)]).returncode == 0


@functools.cache
def server_user() -> ServerUser:
    """The least privileged way this machine offers; decided once per process."""
    is_root = os.geteuid() == 0
    if not is_root and _has_name(os.geteuid()):
        return ServerUser()
    if shutil.which("unshare") and subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode == 0:
        return ServerUser(prefix=NAMESPACE)
    if not is_root:
        raise ServiceError(
            f"PostgreSQL's initdb wants user {os.geteuid()} to have a name in /etc/passwd: "
            "give it one, or set DATABASE_URL and REDIS_URL"
        )
    try:
        nobody = pwd.getpwnam("nobody")
        user = ServerUser(uid=nobody.pw_uid, gid=nobody.pw_gid)
        user.run(["true"])
    except (KeyError, OSError, subprocess.SubprocessError) as error:
        raise ServiceError(
            "PostgreSQL cannot run as root, which here can neither use user namespaces nor become `nobody`: "
            "run as an ordinary user, or set DATABASE_URL and REDIS_URL"
        ) from error
    return user


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


@functools.cache
def wheel_program(package: str, pattern: str) -> Path:
    """The program that `pattern` finds in the wheel `package`, copied if the server could not read it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"the package {package} is not installed: run scripts/setup")
    installed = Path(spec.submodule_search_locations[0])
    program = next(iter(sorted(installed.glob(pattern))), None)
    if program is None:
        raise ServiceError(f"the package {package} has no {pattern} for this machine: set DATABASE_URL and REDIS_URL")
    if server_user().can("x", program):
        return program
    return _readable_copy(installed) / program.relative_to(installed)


def _readable_copy(installed: Path) -> Path:
    """Copy a wheel and its libraries (found relative to it) below /var/lib/wanliu, once per version."""
    copy = RELOCATED / f"{installed.name}-{importlib.metadata.version(installed.name)}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        _make_relocated()
        for source in (installed, installed.with_name(f"{installed.name}.libs")):
            if source.exists():
                shutil.copytree(source, unfinished / source.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():  # readable for everybody, whatever root's umask is
                mode = path.stat().st_mode
                path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
        try:
            unfinished.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
    return copy / installed.name


def private_dir(path: Path) -> Path:
    """Make `path` a directory of mode 0700 that the server can write; its real place.

    When the server's user cannot get there, the real place is below /var/lib/wanliu and `path` links to it.
    """
    user = server_user()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() and path.lstat().st_uid != os.geteuid():
        raise ServiceError(f"{path} is a link that somebody else made: remove it or choose another DATA_DIR")
    if not path.exists():
        path.unlink(missing_ok=True)  # a link to nowhere
    if not path.is_symlink():
        path.mkdir(mode=0o700, exist_ok=True)
        _own(path, user)
        if not user.can("w", path):
            if any(path.iterdir()):
                raise ServiceError(f"{path} was filled by another user and is out of reach: remove it")
            path.rmdir()
            path.symlink_to(_relocated(path))
    return path.resolve()


def _relocated(path: Path) -> Path:
    place = RELOCATED / f"{path.name}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"
    _make_relocated()
    shutil.rmtree(place, ignore_errors=True)  # of a data directory that was removed since
    place.mkdir(mode=0o700)
    _own(place, server_user())
    return place


def _make_relocated() -> None:
    if not RELOCATED.is_dir():
        RELOCATED.mkdir()
        RELOCATED.chmod(0o711)


def _own(path: Path, user: ServerUser) -> None:
    """See that nobody else prepared `path` for us (it may be below /tmp) and hand it to the server's user."""
    state = path.lstat()
    owner = user.uid if user.uid is not None else os.geteuid()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid not in {os.geteuid(), owner}:
        raise ServiceError(f"{path} belongs to somebody else: remove it or choose another DATA_DIR")
    if state.st_uid != owner:
        os.chown(path, owner, -1 if user.gid is None else user.gid)
    if stat.S_IMODE(state.st_mode) != 0o700:
        path.chmod(0o700)


def remove_private_dir(path: Path) -> None:
    """Remove what `private_dir` made, wherever it is."""
    if path.is_symlink():
        shutil.rmtree(path.resolve(), ignore_errors=True)
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)
