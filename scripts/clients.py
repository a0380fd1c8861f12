"""Make the clients of the API from its schema: Python in clients/python, TypeScript in clients/typescript.

scripts/clients           generate both; what generates them is installed as their lock files say
scripts/clients --check   exit 1 when they are stale; needs no network, and neither generator

`clients/made.json` says what each was made from and what was made, as digests. Descriptions are left out of the
schema's: better words for people don't make a client wrong, so they come with the next change.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "clients"
MADE = CLIENTS / "made.json"
PYTHON = CLIENTS / "python" / "wanliu_client"
TYPESCRIPT = CLIENTS / "typescript" / "src" / "schema.d.ts"
UV = ROOT / ".venv" / ".tools" / "bin" / "uv"
FOR_PEOPLE = {"description", "summary", "example", "version"}

# Lists of docs/api-changes.md that grow: where the Python client reads an answer it must take a value that came later.
OPEN_LISTS = ("EventNameEnum", "MarketplaceEnum", "MethodEnum", "PaymentPurposeEnum")


def schema() -> dict:
    """The schema as the API serves it."""
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.renderers import OpenApiJsonRenderer

    return json.loads(OpenApiJsonRenderer().render(SchemaGenerator().get_schema(public=True)))


def digests() -> dict[str, str]:
    """What `made.json` should hold now: digests of the schema and of the files that were generated."""
    shape = json.dumps(_without_words(schema()), sort_keys=True)
    python = [f"{path.relative_to(PYTHON)}\n{path.read_text()}" for path in sorted(PYTHON.rglob("*.py"))]
    return {
        "schema": _digest(shape),
        "python": _digest("\0".join(python)),
        "typescript": _digest(TYPESCRIPT.read_text()),
    }


def stale() -> list[str]:
    """Which of schema, python and typescript are others than when the clients were made."""
    made = json.loads(MADE.read_text())
    return [part for part, digest in digests().items() if digest != made[part]]


def generate() -> None:
    """Write both clients and what they were made from."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        source = place / "schema.json"
        whole = schema()
        source.write_text(json.dumps(whole))
        _generate_typescript(source)
        for name in OPEN_LISTS:
            del whole["components"]["schemas"][name]["enum"]
        source.write_text(json.dumps(whole))
        _generate_python(source, place)
    MADE.write_text(json.dumps(digests(), indent=2) + "\n")


def _generate_python(source: Path, place: Path) -> None:
    """The generator has a venv of its own: what it needs is nothing that the project runs with."""
    bin_of = place / "venv" / "bin"
    _run(UV, "venv", "-q", place / "venv")
    locked = CLIENTS / "python" / "generator.txt"
    _run(UV, "pip", "install", "-q", "--require-hashes", "--python", bin_of / "python", "-r", locked)
    path = f"{bin_of}{os.pathsep}{os.environ['PATH']}"  # it formats what it writes with its own ruff
    config = place / "config.json"
    config.write_text("{}")
    _run(
        *(bin_of / "openapi-python-client", "generate", "--path", source, "--config", config),
        *("--meta", "none", "--overwrite", "--output-path", place / "wanliu_client"),
        env={**os.environ, "PATH": path},
    )
    for cache in (place / "wanliu_client").rglob(".ruff_cache"):
        shutil.rmtree(cache)
    shutil.rmtree(PYTHON, ignore_errors=True)
    shutil.copytree(place / "wanliu_client", PYTHON)
    (PYTHON / "py.typed").touch()


def _generate_typescript(source: Path) -> None:
    folder = CLIENTS / "typescript"
    _run("npm", "ci", "--silent", cwd=folder)
    _run("npx", "openapi-typescript", source, "--default-non-nullable", "false", "-o", TYPESCRIPT, cwd=folder)


def _run(*command: str | Path, **options) -> None:
    subprocess.run([str(part) for part in command], check=True, **options)


def _without_words(part):
    if isinstance(part, dict):
        # A property may have such a name, too: then it holds an object.
        told = {name for name in FOR_PEOPLE & part.keys() if not isinstance(part[name], dict)}
        return {name: _without_words(held) for name, held in part.items() if name not in told}
    return [_without_words(held) for held in part] if isinstance(part, list) else part


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main(arguments: list[str]) -> int:
    """Make the clients, or tell whether they are stale."""
    if "--check" not in arguments:
        generate()
    elif changed := stale():
        print(f"the clients are stale ({', '.join(changed)}): run scripts/clients")
        return 1
    print("clients: up to date")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    sys.exit(main(sys.argv[1:]))
