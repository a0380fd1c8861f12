"""The generated clients are those of the schema, can be built, and do the main job against a running service."""

import importlib
import json
import os
import shutil
import subprocess
import sys
import warnings

import pytest

from scripts import clients
from tests.world import make_shop

NODE = shutil.which("node")
PYTHON, TYPESCRIPT = clients.CLIENTS / "python", clients.CLIENTS / "typescript"
INSTALLED = (TYPESCRIPT / "node_modules" / ".bin" / "tsc").exists()
NO_NODE = "NO NODE: install Node.js 20 and run `npm ci` in clients/typescript to run this"
if NODE is None or not INSTALLED:
    warnings.warn(f"{NO_NODE}; the test of the TypeScript client is skipped.", stacklevel=1)


@pytest.fixture
def shop(db):
    return make_shop()


def run(*command, **options) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=240, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def does_the_main_job(shop, live_server, number: str, *command, **environment) -> None:
    keys = {"MARKETPLACE_KEY": shop.marketplace_key, "STORE_KEY": shop.merchant_key}
    said = run(*command, live_server.url, shop.store.code, "620013", env={**os.environ, **keys, **environment})
    saw = {"paid": "96.00", "status": "refunding", "listed": ["40.00"], "refused": ["invalid_transition"]}
    assert json.loads(said) == saw
    [refund] = shop.merchant.get("refunds/", order=number).json()["results"]
    assert (refund["order"], refund["status"], refund["amount"]) == (number, "refunding", "40.00")


@pytest.mark.django_db
def test_they_are_made_from_the_schema_of_today():
    assert clients.stale() == [], "run scripts/clients"


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["python", "typescript"])
def test_a_line_changed_by_hand_makes_them_stale(part, tmp_path, monkeypatch):
    place = clients.PYTHON if part == "python" else clients.TYPESCRIPT
    copy = tmp_path / place.name
    shutil.copytree(place, copy) if place.is_dir() else shutil.copy(place, copy)
    changed = copy / "client.py" if part == "python" else copy
    changed.write_text(changed.read_text() + "\n")
    monkeypatch.setattr(clients, part.upper(), copy)
    assert clients.stale() == [part]


def test_other_words_leave_them_as_they_are_and_other_fields_do_not(monkeypatch):
    def made(**properties):
        monkeypatch.setattr(clients, "schema", lambda: {"properties": properties, "description": str(properties)})
        return clients.digests()["schema"]

    plain = made(description={"type": "string"})
    assert made(description={"type": "string", "description": "Why."}) == plain
    assert made(description={"type": "integer"}) != plain
    assert made(other={"type": "string"}) != plain


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clock")
def test_the_python_client_is_built_and_does_the_main_job(shop, live_server, tmp_path):
    run(clients.UV, "build", "-q", "--offline", "--wheel", PYTHON, "-o", tmp_path, "--python", sys.executable)
    [wheel] = tmp_path.glob("*.whl")
    shutil.unpack_archive(wheel, tmp_path / "installed", "zip")
    assert (tmp_path / "installed" / "wanliu_client" / "py.typed").exists()
    installed = str(tmp_path / "installed")
    does_the_main_job(shop, live_server, "PY-1", sys.executable, "-P", PYTHON / "example.py", PYTHONPATH=installed)


@pytest.mark.django_db
def test_the_python_client_reads_an_event_that_is_newer_than_itself(shop, monkeypatch):
    monkeypatch.syspath_prepend(PYTHON)
    models = importlib.import_module("wanliu_client.models")
    [told, *_] = shop.merchant.get(f"refunds/{shop.refund().pk}/timeline/").json()["results"]
    event = models.Event.from_dict({**told, "name": "refund.not_known_yet"})
    assert (event.name, event.actor) == ("refund.not_known_yet", told["actor"])


@pytest.mark.skipif(NODE is None or not INSTALLED, reason=NO_NODE)
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clock")
def test_the_typescript_client_is_built_and_does_the_main_job(shop, live_server):
    run("npm", "run", "build", "--silent", cwd=TYPESCRIPT)
    does_the_main_job(shop, live_server, "TS-1", NODE, TYPESCRIPT / "dist" / "example.js")
