"""Make .venv hold exactly what the lock file says; do nothing when it already does.

    scripts/setup        what `make run` needs
    scripts/setup dev    that plus the tools of `make test`; `make run` is content with it, too

uv does the installing: every file is checked against the hashes in the lock. It lives in a venv of its own,
.venv/.tools, because syncing .venv removes whatever is not locked. The standard library only, here.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TOOLS = VENV / ".tools"
STAMP = VENV / ".installed"
UV = "0.13.9"  # a newer one is tried here before everybody gets it
OLDEST_UV = "0.5.0"  # takes what FROM_PIP names; only where UV itself can't be had
LOG = VENV / "setup.log"
LOCKS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
# uv does not read pip's configuration, where mirrors and certificates usually are: pip's name -> uv's.
FROM_PIP = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else "run"
    if wanted not in LOCKS:
        print(f"usage: scripts/setup [{'|'.join(LOCKS)}]", file=sys.stderr)
        return 2
    if is_installed(wanted):
        return 0
    started = time.monotonic()
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once: the second waits and finds everything done
        if is_installed(wanted):
            return 0
        # An environment that has the dev tools keeps them: `make run` must not undo `make test`.
        kind = "dev" if wanted == "dev" or _stamp().startswith("dev ") else "run"
        try:
            make_venv()
            uv = find_uv()
            install(uv, LOCKS[kind])
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"set-up failed: {error}\nthe whole output is in {LOG}", file=sys.stderr)
            return 1
        STAMP.write_text(fingerprint(kind))
    print(f"installed in .venv ({time.monotonic() - started:.1f} s)", flush=True)
    return 0


def is_installed(wanted: str) -> bool:
    """Whether .venv holds what `wanted` needs, from this lock, in this place, for this Python."""
    kinds = ("dev",) if wanted == "dev" else ("run", "dev")
    return PYTHON.exists() and _stamp() in {fingerprint(kind) for kind in kinds}


def fingerprint(kind: str) -> str:
    """Changes with the locks, the Python that .venv was made of, and the place of the repository."""
    digest = hashlib.sha256(f"{VENV} {os.path.realpath(PYTHON)}".encode())
    config = VENV / "pyvenv.cfg"
    for path in (config, LOCKS["run"], LOCKS[kind]):
        digest.update(path.read_bytes() if path.exists() else b"")
    return f"{kind} {digest.hexdigest()}"


def _stamp() -> str:
    return STAMP.read_text() if STAMP.exists() else ""


def make_venv() -> None:
    """An environment without pip (Debian's python3-venv is not needed), replaced when it is broken."""
    if PYTHON.exists():
        works = subprocess.run([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], capture_output=True)
        if works.returncode == 0:
            return
    shutil.rmtree(VENV, ignore_errors=True)
    print(f"making .venv with Python {sys.version.split()[0]}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", VENV], check=True)


def find_uv() -> Path:
    """The uv of this release, from PyPI in .venv/.tools: by the venv's own pip, or this Python's.

    Where it can't be had, one that is installed here will do, if it isn't older than OLDEST_UV nor newer than UV.
    """
    uv = TOOLS / "bin" / "uv"
    if version_of(uv) == number(UV):
        return uv
    print("installing uv", flush=True)
    pip = [TOOLS / "bin" / "python", "-m", "pip"]
    attempts = [
        [[sys.executable, "-m", "venv", TOOLS], [*pip, "install", "-q", f"uv=={UV}"]],
        [[sys.executable, "-m", "pip", "install", "-q", "--target", TOOLS, f"uv=={UV}"]],
    ]
    for commands in attempts:
        shutil.rmtree(TOOLS, ignore_errors=True)
        if all(_logged(command).returncode == 0 for command in commands) and uv.exists():
            return uv
    found = shutil.which("uv")
    if found and number(OLDEST_UV) <= version_of(Path(found)) <= number(UV):
        uv.parent.mkdir(parents=True, exist_ok=True)
        uv.unlink(missing_ok=True)
        uv.symlink_to(found)
        return uv
    _show_log()
    raise OSError(
        f"uv {UV} cannot be installed: is PyPI in reach? (on Debian, `apt install python3-venv` may be missing;"
        f" a uv from {OLDEST_UV} to {UV} on the PATH will do, too)"
    )


def number(version: str) -> tuple[int, ...]:
    """A version to compare: (0, 13, 9)."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def version_of(uv: Path) -> tuple[int, ...]:
    """What this uv says that it is; () when it isn't there or doesn't run."""
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True)
    except OSError:
        return ()
    return number(answer.stdout) if answer.returncode == 0 else ()


def install(uv: Path, lock: Path) -> None:
    """Sync .venv with `lock`, with pip's settings for uv; and without, should uv not take them."""
    print(f"installing {lock.name} into .venv", flush=True)
    command = [uv, "pip", "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", lock]
    ours = {name: value for name, value in pip_settings().items() if name not in os.environ}
    for extra in [ours, {}] if ours else [{}]:
        if _logged(command, extra).returncode == 0:
            return
    _show_log()
    raise OSError(f"uv could not install {lock.name}")


def pip_settings() -> dict[str, str]:
    """pip's mirrors and certificate, as the environment variables of uv."""
    tools_python = TOOLS / "bin" / "python"
    python = tools_python if tools_python.exists() else Path(sys.executable)
    answer = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True)
    settings: dict[str, str] = {}
    for line in answer.stdout.splitlines():
        name, _, value = line.partition("=")
        uv_name = FROM_PIP.get(name.rpartition(".")[2])
        if uv_name:
            values = value.strip("'\"").replace("\\n", " ").split()
            settings.setdefault(uv_name, ("," if uv_name == "UV_FIND_LINKS" else " ").join(values))
    if "UV_INDEX" in settings:
        # pip takes the best file of any index; safe here, because the lock names every file by its hash.
        settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return settings


def _logged(command: list[str | Path], extra: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    with LOG.open("a") as log:
        print("$", *command, file=log, flush=True)
        environ = {**os.environ, **(extra or {})}
        return subprocess.run(command, env=environ, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT)


def _show_log() -> None:
    print("".join(f"    {line}\n" for line in LOG.read_text().splitlines()[-15:]), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
