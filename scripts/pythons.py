"""Whether the locks hold for each Python of this release, and its tests on each that this machine has.

    scripts/pythons lock            every locked file for Python 3.11 to 3.14, from wheels alone (asks the index)
    scripts/pythons run [TEST …]    install the lock for each other Python found here, below .venv/.pythons, and run
                                    these tests with it (without any: rules, recipes and journeys), on services of
                                    their own; a warning of what goes away is an error

Found are `python3.12` and its like on the PATH, and those of pyenv; none is downloaded.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import setup  # noqa: E402

VERSIONS = ("3.11", "3.12", "3.13", "3.14")  # as pyproject.toml's classifiers say; a test compares
LOCKS = ("requirements.txt", "requirements-dev.txt")
PLACE = setup.VENV / ".pythons"
FEW = ("tests/rules", "tests/recipes", "tests/journeys", "tests/test_architecture.py")
STRICT = ("-W", "error::DeprecationWarning", "-W", "error::PendingDeprecationWarning")


def main() -> int:
    """0 when all is well."""
    what, *rest = sys.argv[1:] or [""]
    if what == "lock" and not rest:
        return check_locks()
    if what == "run":
        return run(rest or list(FEW))
    print((__doc__ or "").strip(), file=sys.stderr)
    return 2


def check_locks() -> int:
    """Whether each lock can be installed with each Python from files that need no compiler."""
    uv, wrong = setup.find_uv(), 0
    for version in VERSIONS:
        for lock in LOCKS:
            command = [uv, "pip", "install", "--dry-run", "-q", "--python", sys.executable, "--require-hashes"]
            target = ["--python-version", version, "--target", PLACE / "none", "--only-binary", ":all:", "-r", lock]
            answer = subprocess.run([*command, *target], cwd=ROOT, capture_output=True, text=True, env=_environment())
            wrong += bool(answer.returncode)
            print(f"{version} {lock}: {'in order' if not answer.returncode else answer.stderr.strip()}", flush=True)
    return int(bool(wrong))


def interpreters() -> dict[str, Path]:
    """Version → interpreter, of those that this machine has."""
    found = {}
    for version in VERSIONS:
        there = shutil.which(f"python{version}", path="/usr/local/bin:/usr/bin")
        pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
        if there or pyenv:
            found[version] = Path(there) if there else pyenv[-1]
    return found


def run(tests: list[str]) -> int:
    """Run tests with each interpreter."""
    uv, wrong = setup.find_uv(), 0
    own = f"{sys.version_info.major}.{sys.version_info.minor}"  # `make test` has tried that one
    for version, python in interpreters().items():
        if version == own:
            continue
        venv = PLACE / version
        if not (venv / "bin" / "python").exists():
            subprocess.run([python, "-m", "venv", "--without-pip", venv], check=True)
        into = ["--python", venv / "bin" / "python", "--require-hashes"]
        subprocess.run([uv, "pip", "sync", "-q", *into, LOCKS[1]], cwd=ROOT, check=True, env=_environment())
        print(f"Python {version}:", flush=True)
        answer = subprocess.run([venv / "bin" / "python", "scripts/test.py", *STRICT, *tests], cwd=ROOT)
        wrong += bool(answer.returncode)
    missing = [version for version in VERSIONS if version not in interpreters()]
    print(f"Not on this machine: {', '.join(missing)}." if missing else "Each of them was tried.")
    return int(bool(wrong))


def _environment() -> dict[str, str]:
    return {**os.environ, **setup.pip_settings()}


if __name__ == "__main__":
    sys.exit(main())
